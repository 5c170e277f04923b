"""What paths and queries name, checked."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Path, Query

from kanvas_gateway.domain.positions import parse_position
from kanvas_platform.ids import parse_id


async def _read_account_id(account_id: str) -> str:
    return parse_id(account_id, "account_id")


async def _read_job_id(job_id: str) -> str:
    return parse_id(job_id, "job_id")


async def _read_post_id(post_id: str) -> str:
    return parse_id(post_id, "post_id")


async def _read_at_least(
    at_least: Annotated[str | None, Query(description="Position to be included.")] = None,
) -> int:
    return 0 if at_least is None else parse_position(at_least, "at_least")


AccountId = Annotated[str, Depends(_read_account_id)]
"""The account that the path names."""

JobId = Annotated[str, Depends(_read_job_id)]
"""The job that the path names."""

PostId = Annotated[str, Depends(_read_post_id)]
"""The post that the path names."""

Tag = Annotated[str, Path(description="Without `#`, in any spelling: `Seni` is the tag `seni`.")]
"""The tag that the path names."""

AtLeast = Annotated[int, Depends(_read_at_least)]
"""Position that the answer must include; 0 for none."""


Cursor = Annotated[str, Query(description="`next_cursor` of the page before.", max_length=500)]
"""Where a page begins; empty for the first."""

Limit = Annotated[int, Query(ge=1, le=100)]
"""How long a page may be."""


@dataclass(frozen=True, slots=True)
class Page:
    """Which page of a list is wanted.

    Attributes:
        cursor: `next_cursor` of the page before; empty for the first.
        limit: How long it may be.
        at_least: Position that it must include; 0 for none.
    """

    cursor: str
    limit: int
    at_least: int


async def _read_page(at_least: AtLeast, cursor: Cursor = "", limit: Limit = 30) -> Page:
    return Page(cursor, limit, at_least)


Paging = Annotated[Page, Depends(_read_page)]
"""Which page is wanted."""
