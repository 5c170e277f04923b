"""What paths and queries name, checked."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Path, Query

from kanvas_gateway.domain.positions import parse_position
from kanvas_gateway.entrypoints.http.models.formats import CURSOR, POSITION, UUID7
from kanvas_gateway.entrypoints.http.models.samples import ACCOUNT, JOB, PICTURE, POST, SESSION
from kanvas_platform.ids import parse_id


def _id_in_path(example: str) -> Any:
    return Path(examples=[example], json_schema_extra=UUID7)


async def _read_account_id(account_id: Annotated[str, _id_in_path(ACCOUNT)]) -> str:
    return parse_id(account_id, "account_id")


async def _read_job_id(job_id: Annotated[str, _id_in_path(JOB)]) -> str:
    return parse_id(job_id, "job_id")


async def _read_post_id(post_id: Annotated[str, _id_in_path(POST)]) -> str:
    return parse_id(post_id, "post_id")


async def _read_session_id(session_id: Annotated[str, _id_in_path(SESSION)]) -> str:
    return parse_id(session_id, "session_id")


async def read_at_least(
    at_least: Annotated[
        str | None,
        Query(description="Position to be included.", json_schema_extra=POSITION),
    ] = None,
) -> int:
    """Return the position that the answer must include; 0 for none.

    Raises:
        InvalidArgument: It is not a position.
    """
    return 0 if at_least is None else parse_position(at_least, "at_least")


AccountId = Annotated[str, Depends(_read_account_id)]
"""The account that the path names."""

JobId = Annotated[str, Depends(_read_job_id)]
"""The job that the path names."""

PostId = Annotated[str, Depends(_read_post_id)]
"""The post that the path names."""

SessionId = Annotated[str, Depends(_read_session_id)]
"""The session that the path names."""

Handle = Annotated[
    str, Path(description="In any case.", examples=["ana"], json_schema_extra={"format": "handle"})
]
"""The handle that the path names."""

PictureName = Annotated[
    str,
    Path(
        description="The SHA-256 of the picture in hexadecimal digits, and its type.",
        examples=[PICTURE],
        json_schema_extra={"format": "picture-name", "pattern": r"^[0-9a-f]{64}\.(webp|png)$"},
    ),
]
"""The picture that the path names."""

Tag = Annotated[
    str,
    Path(
        description="Without `#`, in any spelling: `Seni` is the tag `seni`.",
        examples=["seni"],
        json_schema_extra={"format": "tag"},
    ),
]
"""The tag that the path names."""

AtLeast = Annotated[int, Depends(read_at_least)]
"""Position that the answer must include; 0 for none."""


Cursor = Annotated[
    str, Query(description="`next_cursor` of the page before.", json_schema_extra=CURSOR)
]
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
