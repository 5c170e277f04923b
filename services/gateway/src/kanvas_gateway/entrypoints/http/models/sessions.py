"""Signing up, in and out, and where one is signed in."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from kanvas_gateway.entrypoints.http.models.accounts import Account, Applied
from kanvas_gateway.entrypoints.http.models.formats import text
from kanvas_gateway.entrypoints.http.models.shared import (
    GraphPosition,
    Id,
    Moment,
    OwnId,
    Position,
    Request,
)

_PASSWORD = "correct horse battery staple"  # noqa: S105 - of an example


class SignUp(Request):
    """Make an account, and sign in to it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"handle": "rubah_merah", "password": _PASSWORD}]}
    )

    handle: Annotated[
        str,
        Field(
            description="3 to 30 letters a-z, digits and `_`, a letter first; case is folded.",
            json_schema_extra={
                "format": "handle",
                "pattern": r"^\s*[A-Za-z][A-Za-z0-9_]{2,29}\s*$",
            },
        ),
    ]
    password: Annotated[
        str,
        Field(
            description="None of the first that anybody would guess.",
            json_schema_extra={"format": "password", "minLength": 10, "maxLength": 200},
        ),
    ]
    display_name: Annotated[str, Field(json_schema_extra=text(most=50))] = ""
    id: OwnId | None = None


class SignIn(Request):
    """Show who you are."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"handle": "ana", "password": _PASSWORD}]}
    )

    handle: Annotated[str, Field(json_schema_extra={"format": "handle"})]
    password: Annotated[str, Field(json_schema_extra={"format": "password"})]


class SignedIn(BaseModel):
    """Your account and a token for it; the token is set as a cookie as well."""

    account: Account
    token: str
    expires_at: Moment
    erase_at: Annotated[
        Moment | None,
        Field(
            description=(
                "While your account is being deleted: until when you can keep it. The token is "
                "good for that alone."
            )
        ),
    ]


class SignedUp(SignedIn):
    """As SignedIn. `applied` says whether the feed knows the account already."""

    applied: bool
    detail: Annotated[str | None, Field(description="What follows, while it is not applied.")]
    position: Position | None
    graph_position: GraphPosition


class CurrentSession(BaseModel):
    """Who you are, and what you need for the live stream."""

    account: Account
    stream_token: Annotated[
        str | None, Field(description="Null while your account is being deleted.")
    ]
    stream_url: str
    erase_at: Annotated[
        Moment | None,
        Field(description="While your account is being deleted: until when you can keep it."),
    ]


class Session(BaseModel):
    """Where you are signed in."""

    id: Id
    app: Annotated[str, Field(description="The browser or program; empty where it is unknown.")]
    system: Annotated[str, Field(description="The system below it; empty where it is unknown.")]
    current: Annotated[bool, Field(description="Whether it is the one that asks.")]
    made_at: Moment
    used_at: Annotated[Moment, Field(description="When it was last used, to the hour.")]
    expires_at: Moment


class Sessions(BaseModel):
    """Where you are signed in, the newest first. There are at most 50."""

    sessions: list[Session]


class SessionsEnded(Applied):
    """How many sessions ended. `applied` says whether their sockets are closed already.

    REST of this gateway takes none of their tokens any more, applied or not.
    """

    ended: int


class AccountDeletion(Request):
    """Delete your account: it is hidden at once, and erased when the time to keep it is over."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"password": _PASSWORD}]})

    password: Annotated[str, Field(json_schema_extra={"format": "password"})]


class AccountTurned(SignedIn, SessionsEnded):
    """A deletion, or the taking back of one. All your sessions ended, and one began.

    Its token is set as a cookie as well.
    """


class PasswordChange(Request):
    """Change your password. Everywhere else you are signed out."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"old_password": _PASSWORD, "new_password": "battery staple horse"}]
        }
    )

    old_password: Annotated[str, Field(json_schema_extra={"format": "password"})]
    new_password: Annotated[
        str,
        Field(
            description="As that of a sign-up.",
            json_schema_extra={"format": "password", "minLength": 10, "maxLength": 200},
        ),
    ]


class PublicKey(BaseModel):
    """A key with which anyone may check our tokens (RFC 8037)."""

    kty: str
    crv: str
    x: str
    kid: str
    use: str
    alg: str


class PublicKeys(BaseModel):
    """A JSON Web Key Set (RFC 7517)."""

    keys: list[PublicKey]
