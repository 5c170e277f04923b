"""Pictures and archives in object stores: local folders, or anything that speaks S3."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import ObjectStore

from kanvas.media.v1.picture_pb2 import Picture
from kanvas_platform.errors import Unavailable
from kanvas_platform.object_store import content_path, part_path

_SECONDS = 60.0
_ENDINGS = {"image/webp": "webp", "image/png": "png"}

T = TypeVar("T")


class ObjectPictures:
    """Reads pictures where imagegen puts them."""

    def __init__(self, store: ObjectStore) -> None:
        """Take a store that `open_store` has opened."""
        self._store = store

    async def read(self, picture: Picture) -> bytes | None:
        """See `Pictures.read`."""
        path = content_path(picture.sha256, _ENDINGS.get(picture.media_type, "webp"))
        try:
            return await _answered(self._read(path))
        except (NotFoundError, FileNotFoundError):
            return None

    async def _read(self, path: str) -> bytes:
        return bytes(await (await obstore.get_async(self._store, path)).bytes_async())


class ObjectArchives:
    """Keeps archives in parts."""

    def __init__(self, store: ObjectStore) -> None:
        """Take a store that `open_store` has opened, and that holds nothing else."""
        self._store = store

    async def put(self, name: str, number: int, data: bytes) -> None:
        """See `Archives.put`."""
        await _answered(self._put(part_path(name, number), data))

    async def remove(self, name: str) -> None:
        """See `Archives.remove`."""
        await _answered(self._remove(name))

    async def names(self) -> list[str]:
        """See `Archives.names`."""
        return await _answered(self._names())

    async def _put(self, path: str, data: bytes) -> None:
        await obstore.put_async(self._store, path, data)

    async def _remove(self, name: str) -> None:
        async for found in obstore.list(self._store, prefix=f"{name}/"):
            await obstore.delete_async(self._store, [one["path"] for one in found])

    async def _names(self) -> list[str]:
        names = {
            one["path"].rpartition("/")[0]
            async for found in obstore.list(self._store)
            for one in found
        }
        return sorted(names)


async def _answered(call: Awaitable[T]) -> T:
    """Return what a store answers.

    Raises:
        Unavailable: It does not, or fails otherwise than by having no such thing.
    """
    try:
        async with asyncio.timeout(_SECONDS):
            return await call
    except (NotFoundError, FileNotFoundError):
        raise
    except (BaseError, OSError, TimeoutError) as error:
        raise Unavailable("The object store does not answer.", retry_after=1.0) from error
