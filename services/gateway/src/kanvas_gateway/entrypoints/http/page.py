"""The page: a few built files, read into memory when the process starts."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from kanvas_gateway.entrypoints.http.conditions import failed_condition
from kanvas_gateway.entrypoints.http.methods import not_allowed
from kanvas_gateway.entrypoints.http.problems import problem
from kanvas_gateway.errors import PreconditionFailed, RouteUnknown
from kanvas_platform.observability import get_logger

_INDEX = "/index.html"
_ASSETS = "/assets/"  # built names with a hash of the content
_API = ("/v1", "/media", "/.well-known", "/docs", "/openapi.json")
# Where one can be in the page; `src/router.ts` has the same, and a test compares them.
PLACES = frozenset(("explore", "signup", "sign-up", "signin", "sign-in", "settings", "p", "tags"))
_AROUND_LINKS = " .,;:!?)]>'\"”’»…"  # what a sentence leaves at the end of a link
_COMPRESSED = {"text/html", "text/css", "text/javascript", "image/svg+xml", "application/json"}
_LEAST_COMPRESSED = 1024

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _File:
    content: bytes
    zipped: bytes | None
    media_type: str
    tag: str


class Page:
    """Answers what no route answers: files of the page, and its places.

    Every place in the page has a URL, so a path that begins as one of them gets `index.html`, and
    the page finds out what to show. A path with a file extension gets it only where the reader asks
    for HTML: a sentence's full stop at the end of a link is no extension. So does any other path,
    with 404 and the page's own words; a program gets problem details.

    Args:
        root: Folder of the built page. Without one there is no page, and all else works.
        policy: Content-Security-Policy of the page.
    """

    def __init__(self, root: Path, *, policy: str) -> None:
        self._policy = policy
        self._files = _read(root)
        if _INDEX not in self._files:
            _log.warning("there is no built page", root=root.name)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request that matched no route.

        Raises:
            MethodNotAllowed: It is one for the page, which is read only.
            RouteUnknown: It is not one for the page.
        """
        request = Request(scope)
        found = self._find(scope["path"], _reads_html(request))
        reads = scope["method"] == "GET"  # a HEAD comes as one
        if found is None or (found[1] == 404 and not reads):
            raise RouteUnknown("There is nothing at this path.")
        if not reads:
            raise not_allowed(scope["method"], {"GET"})
        scope["kanvas.route"] = "page"
        await self._answer(*found, request)(scope, receive, send)

    def _find(self, path: str, reads_html: bool) -> tuple[str, int] | None:
        """Return the file for a path and the status to answer with; None where there is none."""
        if path in self._files:
            return path, 200
        interface = any(path == one or path.startswith(one + "/") for one in _API)
        if interface or _INDEX not in self._files:
            return None
        first, last = path[1:].partition("/")[0].rstrip(_AROUND_LINKS), path.rpartition("/")[2]
        is_place = path == "/" or first in PLACES or first.startswith("@")
        if is_place and ("." not in last or reads_html):
            return _INDEX, 200
        return (_INDEX, 404) if reads_html else None

    def _answer(self, path: str, status: int, request: Request) -> Response:
        file = self._files[path]
        headers = {
            "Cache-Control": "public, max-age=31536000, immutable"
            if path.startswith(_ASSETS)
            else "no-cache",
            "ETag": file.tag,
            "Vary": "Accept-Encoding",
        }
        if path == _INDEX:
            headers["Content-Security-Policy"] = self._policy
        if status == 200 and (failed := failed_condition(request.headers, file.tag)) is not None:
            return _refused(failed, headers)
        content = file.content
        if file.zipped is not None and "gzip" in request.headers.get("accept-encoding", ""):
            content = file.zipped
            headers["Content-Encoding"] = "gzip"
        return Response(content, status, headers=headers, media_type=file.media_type)


def _refused(status: int, headers: dict[str, str]) -> Response:
    if status == 412:
        return problem(PreconditionFailed("The file is not the one that `If-Match` names."))
    return Response(status_code=status, headers=headers)


def _reads_html(request: Request) -> bool:
    """Return whether who asks names HTML: browsers do where a person goes to an address."""
    return "text/html" in request.headers.get("accept", "")


def page_policy(stream_url: str) -> str:
    """Return the Content-Security-Policy of the page: our own files, and the live stream."""
    origin = "/".join(stream_url.split("/")[:3])
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "font-src 'self'",
            "img-src 'self' data: blob:",
            f"connect-src 'self' {origin}",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def _read(root: Path) -> dict[str, _File]:
    if not root.is_dir():
        return {}
    files = (path for path in sorted(root.rglob("*")) if path.is_file())
    return {f"/{path.relative_to(root).as_posix()}": _load(path) for path in files}


def _load(path: Path) -> _File:
    content = path.read_bytes()
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    worth = media_type in _COMPRESSED and len(content) >= _LEAST_COMPRESSED
    zipped = gzip.compress(content, mtime=0) if worth else None
    # Weak: the compressed form has the same.
    tag = f'W/"{hashlib.sha256(content).hexdigest()[:32]}"'
    return _File(content, zipped, media_type, tag)
