"""Pictures in an object store: a local folder, or anything that speaks S3."""

import asyncio
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import LocalStore, ObjectStore, from_url

from kanvas_gateway.errors import PictureUnknown
from kanvas_platform.errors import Unavailable

_SECONDS = 5.0
_MOST_AT_ONCE = 32


class ObjectPictures:
    """Reads pictures where imagegen puts them: `aa/bb/<sha256>.<ending>`.

    Args:
        url: `file:///folder` or, say, `s3://bucket/prefix`.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._store: ObjectStore = (
            LocalStore(unquote(parts.path), mkdir=True) if parts.scheme == "file" else from_url(url)
        )
        # Each holds a whole picture in memory.
        self._room = asyncio.Semaphore(_MOST_AT_ONCE)

    async def read(self, name: str) -> bytes:
        """See `Pictures.read`."""
        try:
            async with self._room, asyncio.timeout(_SECONDS):
                found = await obstore.get_async(self._store, _path(name))
                return bytes(await found.bytes_async())
        except (NotFoundError, FileNotFoundError) as error:
            raise PictureUnknown("There is no such picture.") from error
        except (BaseError, OSError, TimeoutError) as error:
            raise Unavailable("The object store does not answer.", retry_after=1.0) from error

    async def size(self, name: str) -> int:
        """See `Pictures.size`."""
        try:
            async with self._room, asyncio.timeout(_SECONDS):
                return (await obstore.head_async(self._store, _path(name)))["size"]
        except (NotFoundError, FileNotFoundError) as error:
            raise PictureUnknown("There is no such picture.") from error
        except (BaseError, OSError, TimeoutError) as error:
            raise Unavailable("The object store does not answer.", retry_after=1.0) from error


def _path(name: str) -> str:
    return f"{name[:2]}/{name[2:4]}/{name}"
