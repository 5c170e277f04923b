"""Accounts, profiles, follows and blocks."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from kanvas_gateway.entrypoints.http.models.formats import text
from kanvas_gateway.entrypoints.http.models.shared import (
    AS_WHOLE,
    Cursor,
    GraphPosition,
    Id,
    Moment,
    Position,
    Request,
)


class Account(BaseModel):
    """An account."""

    id: Id
    handle: str
    display_name: str
    bio: str
    created_at: Moment
    version: int


class Relationship(BaseModel):
    """How you stand to an account."""

    following: bool
    followed_by: bool
    blocking: bool


class AccountView(BaseModel):
    """An account with its counts; `relationship` is null for yourself and without a token.

    Where one of you blocks the other, `hidden` says so: `bio` is empty and the counts are 0.
    """

    account: Account
    following_count: int
    follower_count: int
    relationship: Relationship | None
    hidden: bool
    position: GraphPosition


class AccountPage(BaseModel):
    """A page of accounts, newest follow first."""

    accounts: list[Account]
    next_cursor: Cursor | None
    position: GraphPosition


class ProfileChange(Request):
    """Change your profile; what is absent stays as it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"bio": "I paint foxes."}]})

    display_name: Annotated[str, Field(json_schema_extra=text(least=1, most=50))] | None = None
    bio: Annotated[str, Field(json_schema_extra=text(most=300))] | None = None
    expected_version: Annotated[int, Field(ge=0, le=2**53 - 1), AS_WHOLE] = 0


class ProfileChanged(BaseModel):
    """The account after the change."""

    account: Account
    position: GraphPosition


class Applied(BaseModel):
    """Whether a change has taken effect in feeds and streams; if not yet, it will."""

    applied: bool
    detail: Annotated[str | None, Field(description="What follows, while it is not applied.")]
    position: Position | None
    graph_position: GraphPosition
