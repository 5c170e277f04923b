"""The application: routes, error handlers, the page, and the edge around them."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp

from kanvas_gateway.entrypoints.http import (
    accounts,
    deletion,
    exports,
    feeds,
    jobs,
    media,
    posts,
    reference,
    sessions,
)
from kanvas_gateway.entrypoints.http.conditions import Conditions
from kanvas_gateway.entrypoints.http.description import complete
from kanvas_gateway.entrypoints.http.edge import Edge
from kanvas_gateway.entrypoints.http.methods import FOR_OTHER_SITES, Methods
from kanvas_gateway.entrypoints.http.models.config import Config
from kanvas_gateway.entrypoints.http.models.sessions import PublicKeys
from kanvas_gateway.entrypoints.http.page import Page, page_policy
from kanvas_gateway.entrypoints.http.problems import (
    answer_error,
    answer_fault,
    answer_http,
    answer_invalid,
)
from kanvas_gateway.entrypoints.http.services import HttpServices, Services
from kanvas_platform.errors import KanvasError

_DESCRIPTION = (
    "Kanvas is a social network whose posts are pictures painted by AI. Errors are problem details "
    "(RFC 9457) with a `reason`. Writes take an `Idempotency-Key` (UUIDv7): repeat a write with "
    "the same one, and it is done once. Pages and writes name positions; a read may ask for "
    "`at_least` one. HEAD works wherever GET does, and OPTIONS tells the methods of a path. "
    "Answers also have headers for browsers, and those to OPTIONS their own: no operation names "
    "these, they stand among `components/headers`."
)
_NOTHING_MAY_LOAD = "default-src 'none'; frame-ancestors 'none'"

router = APIRouter(tags=["more"])


@router.get("/v1/config", response_model=Config)
async def get_config(services: Services) -> dict[str, Any]:
    """Return what a client needs to know before anything else."""
    return {"stream_url": services.stream_url, "version": services.version}


@router.get("/.well-known/jwks.json", responses={200: {"model": PublicKeys}})
@router.get("/v1/.well-known/jwks.json", include_in_schema=False)
async def get_public_keys(services: Services) -> JSONResponse:
    """Return the keys with which anyone may check our tokens."""
    return JSONResponse(
        services.tokens.public_keys(), headers={"Cache-Control": "public, max-age=3600"}
    )


def create_app(services: HttpServices, *, web_root: Path) -> ASGIApp:
    """Make the application.

    Args:
        services: What the routes work with.
        web_root: Folder of the built page.
    """
    # Made before anybody asks: meanwhile, for nearly a second, nothing else would be answered.
    describe(services.version)
    app = _application(services.version)
    app.state.services = services
    app.router.default = Page(web_root, policy=page_policy(services.stream_url))
    app.add_exception_handler(KanvasError, answer_error)
    app.add_exception_handler(RequestValidationError, answer_invalid)
    app.add_exception_handler(HTTPException, answer_http)
    app.add_exception_handler(Exception, answer_fault)
    return Edge(Conditions(Methods(app)), headers=_headers(secure=services.secure_cookies))


@cache
def describe(version: str) -> dict[str, Any]:
    """Return the OpenAPI description of REST, as `/openapi.json` gives it.

    All who ask share it: do not change it.

    Args:
        version: Version of the gateway that is described.
    """
    app = _application(version)
    return complete(FastAPI.openapi(app), app.routes)


class _Described(FastAPI):
    """FastAPI whose description says all that is true of our routes."""

    def openapi(self) -> dict[str, Any]:
        return describe(self.version)


def _application(version: str) -> FastAPI:
    app = _Described(
        title="Kanvas",
        description=_DESCRIPTION,
        version=version,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
    )
    for area in (
        accounts,
        deletion,
        sessions,
        exports,
        posts,
        feeds,
        jobs,
        media,
        reference,
    ):
        app.include_router(area.router)
    app.include_router(router)
    return app


def _headers(*, secure: bool) -> Mapping[str, str]:
    headers = {
        **FOR_OTHER_SITES,
        "Cache-Control": "no-store",
        "Content-Security-Policy": _NOTHING_MAY_LOAD,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return headers | ({"Strict-Transport-Security": "max-age=63072000"} if secure else {})
