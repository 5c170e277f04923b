"""The page's cookies, where no script can read them: its token, and who has signed in here before.

Where connections are encrypted, the names have the prefix `__Host-`: a browser takes such a cookie
from this very host only, so no other host of the domain can put one in its place.
"""

from typing import Annotated

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import Response

from kanvas.graph.v1.records_pb2 import Session
from kanvas_gateway.entrypoints.http.services import HttpServices, Services
from kanvas_gateway.tokens import BROWSER_SECONDS, PAGE_SECONDS, Token
from kanvas_platform.timestamps import to_seconds

SESSION = "kanvas_session"
BROWSER = "kanvas_browser"


def read_session(request: Request, *, secure: bool) -> str | None:
    """Return the token that the page sent, if it sent one."""
    return request.cookies.get(_named(SESSION, secure=secure)) or None


def read_browser(request: Request, *, secure: bool) -> str | None:
    """Return what says who has signed in with this browser before, if something does."""
    return request.cookies.get(_named(BROWSER, secure=secure)) or None


def clear_session(response: Response, *, secure: bool) -> None:
    """Take the page's token back."""
    response.delete_cookie(
        _named(SESSION, secure=secure), path="/", secure=secure, httponly=True, samesite="strict"
    )


class PageCookies:
    """The cookies that an answer gives to the page, or takes back.

    Args:
        response: The answer.
        services: What makes the tokens.
    """

    def __init__(self, response: Response, services: HttpServices) -> None:
        self._response = response
        self._tokens = services.tokens
        self._secure = services.secure_cookies

    def sign_in(self, session: Session, *, deleting: bool) -> None:
        """Give the page its token, and let the browser show later who has signed in with it.

        Args:
            session: Which the token names.
            deleting: Whether its account is being deleted.
        """
        ends_at = to_seconds(session.expires_at)
        page = self._tokens.page(session.account_id, session.id, ends_at=ends_at, deleting=deleting)
        browser = self._tokens.browser(session.account_id)
        _set(self._response, SESSION, page, PAGE_SECONDS, secure=self._secure)
        _set(self._response, BROWSER, browser, BROWSER_SECONDS, secure=self._secure)

    def sign_out(self) -> None:
        """Take the page's token back."""
        clear_session(self._response, secure=self._secure)


async def open_cookies(response: Response, services: Services) -> PageCookies:
    """Return what gives the page its cookies with the answer."""
    return PageCookies(response, services)


Cookies = Annotated[PageCookies, Depends(open_cookies)]
"""The cookies that the answer gives to the page."""


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
