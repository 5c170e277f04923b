"""Exports: asking for an archive of what is one's own, how far it is, and the archive."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AbstractContextManager, aclosing
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from kanvas.graph.v1 import service_pb2 as graph
from kanvas.graph.v1.records_pb2 import EXPORT_STATE_READY
from kanvas_gateway.entrypoints.http.conditions import failed_condition
from kanvas_gateway.entrypoints.http.headers import UNCHANGED, refer
from kanvas_gateway.entrypoints.http.identity import CommandId, OwnCall, SignedInAs
from kanvas_gateway.entrypoints.http.models.exports import OwnExport
from kanvas_gateway.entrypoints.http.ranges import IfRange, Part, RangeAsked, asked_part
from kanvas_gateway.entrypoints.http.refusals import refuses
from kanvas_gateway.entrypoints.http.services import Services
from kanvas_gateway.errors import ExportNotReady, PreconditionFailed
from kanvas_gateway.presentation import present_export
from kanvas_platform.ids import new_id

router = APIRouter(tags=["exports"])

_CURRENT = "/v1/exports/current"
_ARCHIVE_PATH = f"{_CURRENT}/archive"
_ZIP = "application/zip"
_CONTENT = {_ZIP: {"schema": {"type": "string", "format": "binary"}}}
_HEADERS = refer("Accept-Ranges", "Content-Disposition", "ETag")
_ARCHIVE: dict[int | str, dict[str, Any]] = {
    200: {"content": _CONTENT, "description": "The archive.", "headers": _HEADERS},
    206: {
        "content": _CONTENT,
        "description": "The part of it that `Range` names.",
        "headers": _HEADERS | refer("Content-Range"),
    },
    304: {"description": UNCHANGED, "headers": _HEADERS},
}


@router.post(
    "/v1/exports",
    status_code=202,
    response_model=OwnExport,
    responses={202: {"headers": refer("Location")}},
    openapi_extra=refuses("ACCOUNT_UNKNOWN", "EXPORT_TOO_SOON"),
)
async def ask_export(
    response: Response, services: Services, call: OwnCall, *, key: CommandId
) -> dict[str, Any]:
    """Ask for an archive of what belongs to you: once a day, unless the last one failed.

    One that waits or is being made is the answer. The archive from before goes.
    """
    request = graph.AskExportRequest(command_id=key or new_id())
    accepted = await services.graph.AskExport(request, **call)
    response.headers["Location"] = _CURRENT
    return {"export": present_export(accepted.export, None, _ARCHIVE_PATH)}


@router.get(_CURRENT, response_model=OwnExport, openapi_extra=refuses("EXPORT_UNKNOWN"))
async def get_export(services: Services, call: OwnCall) -> dict[str, Any]:
    """Return how the export stands that you asked for last."""
    found = await services.graph.GetExport(graph.GetExportRequest(), **call)
    progress = found.progress if found.HasField("progress") else None
    return {"export": present_export(found.export, progress, _ARCHIVE_PATH)}


@router.get(
    _ARCHIVE_PATH,
    response_class=Response,
    responses=_ARCHIVE,
    openapi_extra=refuses("EXPORT_NOT_READY", "EXPORT_UNKNOWN", "RANGE_NOT_SATISFIABLE"),
)
@router.head(_ARCHIVE_PATH, response_class=Response, include_in_schema=False)
async def get_archive(
    request: Request,
    services: Services,
    identity: SignedInAs,
    call: OwnCall,
    *,
    asked: RangeAsked = "",
    if_range: IfRange = "",
) -> Response:
    """Return the archive of your export, or a part of it: a download that broke off can go on.

    It is a ZIP. At most two downloads of an account go on at once at a gateway.
    """
    export = (await services.graph.GetExport(graph.GetExportRequest(), **call)).export
    if export.state != EXPORT_STATE_READY:
        raise ExportNotReady("There is no archive: it is not made yet, gone, or failed.")
    archive = export.archive
    tag = f'"{archive.sha256}"'
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'attachment; filename="kanvas-{archive.sha256[:8]}.zip"',
        "ETag": tag,
    }
    failed = failed_condition(request.headers, tag)
    if failed == 412:
        raise PreconditionFailed("The archive is not the one that `If-Match` names.")
    if failed == 304:
        return Response(status_code=failed, headers=headers)
    part = asked_part(asked, if_range, size=archive.size_bytes, tag=tag)
    # Of a HEAD a range means nothing (RFC 9110, section 14.2).
    if request.method == "HEAD":
        headers["Content-Length"] = str(archive.size_bytes)
        return Response(headers=headers, media_type=_ZIP)
    sent = part or Part(0, archive.size_bytes)
    headers["Content-Length"] = str(sent.end - sent.start)
    if part is not None:
        headers["Content-Range"] = f"bytes {part.start}-{part.end - 1}/{archive.size_bytes}"
    return _Download(
        services.downloads.pieces(archive, sent.start, sent.end),
        place=services.downloads.place(identity.account_id),
        status=200 if part is None else 206,
        headers=headers,
    )


class _Download(StreamingResponse):
    """Bytes of an archive. It holds a place for as long as they are sent.

    Nothing is sent before the first piece is there, so an archive that cannot be read is refused.
    """

    def __init__(
        self,
        pieces: AsyncGenerator[bytes, None],
        *,
        place: AbstractContextManager[None],
        status: int,
        headers: dict[str, str],
    ) -> None:
        super().__init__(pieces, status_code=status, headers=headers, media_type=_ZIP)
        self._pieces = pieces
        self._place = place

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._place:
            async with aclosing(self._pieces):
                self.body_iterator = _after(await anext(self._pieces), self._pieces)
                await super().__call__(scope, receive, send)


async def _after(first: bytes, others: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in others:
        yield piece
