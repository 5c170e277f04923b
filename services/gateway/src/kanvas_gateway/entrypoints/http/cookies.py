"""The page's cookies, where no script can read them: its token, and who has signed in here before.

Where connections are encrypted, the names have the prefix `__Host-`: a browser takes such a cookie
from this very host only, so no other host of the domain can put one in its place.
"""

from starlette.requests import Request
from starlette.responses import Response

from kanvas_gateway.tokens import BROWSER_SECONDS, PAGE_SECONDS, Token

_SESSION = "kanvas_session"
_BROWSER = "kanvas_browser"


def read_session(request: Request, *, secure: bool) -> str | None:
    """Return the token that the page sent, if it sent one."""
    return request.cookies.get(_named(_SESSION, secure=secure)) or None


def read_browser(request: Request, *, secure: bool) -> str | None:
    """Return what says who has signed in with this browser before, if something does."""
    return request.cookies.get(_named(_BROWSER, secure=secure)) or None


def set_session(response: Response, token: Token, *, secure: bool) -> None:
    """Give the page its token. The browser drops it when it expires."""
    _set(response, _SESSION, token, PAGE_SECONDS, secure=secure)


def set_browser(response: Response, token: Token, *, secure: bool) -> None:
    """Let the browser show, for half a year, who has signed in with it."""
    _set(response, _BROWSER, token, BROWSER_SECONDS, secure=secure)


def clear_session(response: Response, *, secure: bool) -> None:
    """Take the page's token back."""
    response.delete_cookie(
        _named(_SESSION, secure=secure), path="/", secure=secure, httponly=True, samesite="strict"
    )


def _set(response: Response, name: str, token: Token, seconds: int, *, secure: bool) -> None:
    response.set_cookie(
        _named(name, secure=secure),
        token.text,
        max_age=seconds,
        path="/",
        secure=secure,
        httponly=True,
        samesite="strict",
    )


def _named(name: str, *, secure: bool) -> str:
    return f"__Host-{name}" if secure else name
