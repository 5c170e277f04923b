"""The page: a few built files, read into memory when the process starts."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from kanvas_gateway.errors import RouteUnknown
from kanvas_platform.observability import get_logger

_INDEX = "/index.html"
_ASSETS = "/assets/"  # built names with a hash of the content
_API = ("/v1", "/media", "/.well-known", "/docs", "/openapi.json")
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

    Every place in the page has a URL, so any path without a file extension that is not one of
    the interfaces gets `index.html`; the page finds out what to show.

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
            RouteUnknown: It is not one for the page.
        """
        path = self._find(scope["method"], scope["path"])
        if path is None:
            raise RouteUnknown("There is nothing at this path.")
        scope["kanvas.route"] = "page"
        await self._answer(path, Request(scope))(scope, receive, send)

    def _find(self, method: str, path: str) -> str | None:
        if method not in ("GET", "HEAD"):
            return None
        if path in self._files:
            return path
        last = path.rpartition("/")[2]
        interface = any(path == one or path.startswith(one + "/") for one in _API)
        if interface or "." in last or _INDEX not in self._files:
            return None
        return _INDEX

    def _answer(self, path: str, request: Request) -> Response:
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
        if request.headers.get("if-none-match") == file.tag:
            return Response(status_code=304, headers=headers)
        content = file.content
        if file.zipped is not None and "gzip" in request.headers.get("accept-encoding", ""):
            content = file.zipped
            headers["Content-Encoding"] = "gzip"
        return Response(content, headers=headers, media_type=file.media_type)


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
