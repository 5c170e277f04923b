"""Pictures. A name is the hash of its content, so an answer is good for ever."""

import re

from fastapi import APIRouter, Request, Response

from kanvas_gateway.entrypoints.http.services import Services
from kanvas_gateway.errors import PictureUnknown
from kanvas_gateway.presentation import FILE_SUFFIXES

router = APIRouter(tags=["pictures"])

_NAME = re.compile(r"([0-9a-f]{64})\.(webp|png)", re.ASCII)
_TYPES = {suffix: media_type for media_type, suffix in FILE_SUFFIXES.items()}


@router.get("/media/{name}", response_class=Response)
@router.head("/media/{name}", response_class=Response, include_in_schema=False)
async def get_picture(name: str, request: Request, services: Services) -> Response:
    """Return a picture: `<sha256>.webp` or `<sha256>.png`."""
    match = _NAME.fullmatch(name)
    if match is None:
        raise PictureUnknown("A picture's name is 64 hexadecimal digits and its type.")
    tag = f'"{match[1]}"'
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable",
        "ETag": tag,
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if _holds(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=headers)
    media_type = _TYPES[match[2]]
    if request.method == "HEAD":
        headers["Content-Length"] = str(await services.pictures.size(name))
        return Response(headers=headers, media_type=media_type)
    return Response(await services.pictures.read(name), headers=headers, media_type=media_type)


def _holds(condition: str, tag: str) -> bool:
    """Say whether the client has the picture already (RFC 9110 §13.1.2)."""
    return any(one.strip().removeprefix("W/") in (tag, "*") for one in condition.split(","))
