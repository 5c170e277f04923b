"""Pictures, for those who may see them. A name is the hash of its content, which never changes."""

import re
from typing import Any

from fastapi import APIRouter, Request, Response

from kanvas_gateway.check_picture import PictureServices, check_picture
from kanvas_gateway.entrypoints.http.conditions import failed_condition
from kanvas_gateway.entrypoints.http.headers import UNCHANGED, refer
from kanvas_gateway.entrypoints.http.identity import Anyone
from kanvas_gateway.entrypoints.http.parameters import PictureName
from kanvas_gateway.entrypoints.http.refusals import refuses
from kanvas_gateway.entrypoints.http.services import Services
from kanvas_gateway.errors import PictureUnknown, PreconditionFailed
from kanvas_gateway.presentation import FILE_SUFFIXES

router = APIRouter(tags=["pictures"])

_NAME = re.compile(r"([0-9a-f]{64})\.(webp|png)", re.ASCII)
_TYPES = {suffix: media_type for media_type, suffix in FILE_SUFFIXES.items()}
_BYTES = {"schema": {"type": "string", "format": "binary"}}
_HEADERS = refer("Accept-Ranges", "Cross-Origin-Resource-Policy", "ETag")
_PICTURE: dict[int | str, dict[str, Any]] = {
    200: {
        "content": dict.fromkeys(FILE_SUFFIXES, _BYTES),
        "description": "The picture.",
        "headers": _HEADERS,
    },
    304: {"description": UNCHANGED, "headers": _HEADERS},
}


@router.get(
    "/media/{name}",
    response_class=Response,
    responses=_PICTURE,
    openapi_extra=refuses("PICTURE_UNDECIDED", "PICTURE_UNKNOWN"),
)
@router.head("/media/{name}", response_class=Response, include_in_schema=False)
async def get_picture(
    name: PictureName, request: Request, services: Services, caller: Anyone
) -> Response:
    """Return a picture, `<sha256>.webp` or `<sha256>.png`, if you may see it."""
    match = _NAME.fullmatch(name)
    if match is None:
        raise PictureUnknown("A picture's name is 64 hexadecimal digits and its type.")
    asked = PictureServices(
        timeline=services.timeline,
        images=services.images,
        blocks=services.blocks,
        public=services.public_pictures,
    )
    # Before everything else: whoever may not see it learns nothing, not even by what they have.
    seconds = await check_picture(match[1], services=asked, call=caller.call())
    tag = f'"{match[1]}"'
    headers = {
        "Accept-Ranges": "none",
        "Cache-Control": _cache_control(seconds),
        "ETag": tag,
        "Cross-Origin-Resource-Policy": "same-origin" if seconds is None else "cross-origin",
    }
    failed = failed_condition(request.headers, tag)
    if failed == 412:
        raise PreconditionFailed("The picture is not the one that `If-Match` names.")
    if failed == 304:
        return Response(status_code=failed, headers=headers)
    media_type = _TYPES[match[2]]
    if request.method == "HEAD":
        headers["Content-Length"] = str(await services.pictures.size(name))
        return Response(headers=headers, media_type=media_type)
    return Response(await services.pictures.read(name), headers=headers, media_type=media_type)


def _cache_control(public_seconds: int | None) -> str:
    """Return who may keep an answer: everybody, for so long and no longer, or nobody."""
    if public_seconds is None:
        return "private, no-store"
    return f"public, max-age={public_seconds}, must-revalidate"
