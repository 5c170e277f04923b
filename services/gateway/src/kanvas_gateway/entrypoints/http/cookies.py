"""The cookie in which the page has its token, where no script can read it."""

from starlette.requests import Request
from starlette.responses import Response

from kanvas_gateway.tokens import ACCESS_SECONDS, Token

_PLAIN = "kanvas_session"
_HOST = f"__Host-{_PLAIN}"


def session_cookie(*, secure: bool) -> str:
    """Return the name of the cookie.

    With the prefix a browser takes it from this very host only, and only over an encrypted
    connection: no other host of the same domain can put another one in its place.
    """
    return _HOST if secure else _PLAIN


def read_cookie(request: Request, *, secure: bool) -> str | None:
    """Return the token that the page sent, if it sent one."""
    return request.cookies.get(session_cookie(secure=secure)) or None


def set_cookie(response: Response, token: Token, *, secure: bool) -> None:
    """Give the page its token. The browser drops it when it expires."""
    response.set_cookie(
        session_cookie(secure=secure),
        token.text,
        max_age=ACCESS_SECONDS,
        path="/",
        secure=secure,
        httponly=True,
        samesite="strict",
    )


def clear_cookie(response: Response, *, secure: bool) -> None:
    """Take the page's token back."""
    response.delete_cookie(
        session_cookie(secure=secure), path="/", secure=secure, httponly=True, samesite="strict"
    )
