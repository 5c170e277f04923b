"""Pictures and archives in object stores: local folders, or anything that speaks S3."""

import asyncio

import obstore
from obstore.exceptions import BaseError, NotFoundError

from kanvas_gateway.errors import PictureUnknown
from kanvas_platform.errors import Unavailable
from kanvas_platform.object_store import content_path, open_store, part_path

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


class ObjectArchives:
    """Reads archives where social-graph puts their parts, see `part_path`.

    Args:
        url: Of the store, as `open_store` takes it.
    """

    def __init__(self, url: str) -> None:
        self._store = open_store(url)

    async def read(self, name: str, number: int, start: int, end: int) -> bytes:
        """See `Archives.read`."""
        path = part_path(name, number)
        try:
            async with asyncio.timeout(_SECONDS):
                found = await obstore.get_range_async(self._store, path, start=start, end=end)
        except (BaseError, OSError, TimeoutError) as error:
            raise Unavailable("The object store does not answer.", retry_after=1.0) from error
        if len(found) != end - start:
            raise Unavailable("A part of the archive is not whole.", retry_after=1.0)
        return bytes(found)


def _path(name: str) -> str:
    sha256, _, ending = name.partition(".")
    return content_path(sha256, ending)
