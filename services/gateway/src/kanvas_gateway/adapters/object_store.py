"""Pictures in an object store: a local folder, or anything that speaks S3."""

import asyncio

import obstore
from obstore.exceptions import BaseError, NotFoundError

from kanvas_gateway.errors import PictureUnknown
from kanvas_platform.errors import Unavailable
from kanvas_platform.object_store import content_path, open_store

_SECONDS = 5.0
_MOST_AT_ONCE = 32


class ObjectPictures:
    """Reads pictures where imagegen puts them, see `content_path`.

    Args:
        url: Of the store, as `open_store` takes it.
    """

    def __init__(self, url: str) -> None:
        self._store = open_store(url)
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
    sha256, _, ending = name.partition(".")
    return content_path(sha256, ending)
