"""Signing up and in."""

from typing import Annotated

from pydantic import BaseModel, Field

from kanvas_gateway.entrypoints.http.models.accounts import Account
from kanvas_gateway.entrypoints.http.models.shared import (
    GraphPosition,
    Id,
    Moment,
    Position,
    Request,
)


class SignUp(Request):
    """Make an account, and sign in to it."""

    handle: str
    password: str
    display_name: str = ""
    id: Id | None = None


class SignIn(Request):
    """Show who you are."""

    handle: str
    password: str


class SignedIn(BaseModel):
    """Your account and a token for it; the token is set as a cookie as well."""

    account: Account
    token: str
    expires_at: Moment


class SignedUp(SignedIn):
    """As SignedIn. `applied` says whether the feed knows the account already."""

    applied: bool
    detail: Annotated[str | None, Field(description="What follows, while it is not applied.")]
    position: Position | None
    graph_position: GraphPosition


class CurrentSession(BaseModel):
    """Who you are, and what you need for the live stream."""

    account: Account
    stream_token: str
    stream_url: str
