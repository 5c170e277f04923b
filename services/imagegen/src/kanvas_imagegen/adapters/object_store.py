"""Pictures in an object store: a local folder, or anything that speaks S3."""

import asyncio
import hashlib
import re
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import LocalStore, ObjectStore

from kanvas_imagegen import metrics
from kanvas_imagegen.ports import StoredPicture, StoreError
from kanvas_platform.object_store import content_path

PAGE_SIZE = 1000

_SECONDS = 30.0
_ENDINGS = {"image/webp": "webp", "image/png": "png"}
_MEDIA_TYPES = {ending: media_type for media_type, ending in _ENDINGS.items()}
_PATH = re.compile(r"([0-9a-f]{2})/([0-9a-f]{2})/(\1\2[0-9a-f]{60})\.(webp|png)", re.ASCII)
# The store lists one after the other, so that no listing is long, and none has to begin anew.
_FOLDERS = [f"{number:02x}" for number in range(256)]


def picture_path(sha256: str, media_type: str) -> str:
    """Return where a picture lies."""
    return content_path(sha256, _ENDINGS[media_type])


class ObjectPictureStore:
    """Keeps each picture under the hash of its content."""

    def __init__(self, store: ObjectStore) -> None:
        """Take a store that `open_store` has opened."""
        self._store = store

    async def put(self, data: bytes, media_type: str) -> str:
        """See `PictureStore.put`."""
        sha256 = hashlib.sha256(data).hexdigest()
        # A folder keeps no attributes; there the ending of the name says the type.
        is_local = isinstance(self._store, LocalStore)
        attributes = None if is_local else {"Content-Type": media_type}
        path = picture_path(sha256, media_type)
        async with _answer("take the picture"):
            await obstore.put_async(self._store, path, data, attributes=attributes)
        metrics.pictures_stored.inc()
        metrics.picture_bytes.inc(len(data))
        return sha256

    async def find(self, sha256: str, media_type: str) -> StoredPicture | None:
        """See `PictureStore.find`."""
        async with _answer("say whether it has the picture"):
            try:
                found = await obstore.head_async(self._store, picture_path(sha256, media_type))
            except (NotFoundError, FileNotFoundError):
                return None
        return StoredPicture(sha256, media_type, found["last_modified"].timestamp())

    async def read(self, sha256: str, media_type: str) -> bytes | None:
        """See `PictureStore.read`."""
        async with _answer("give the picture"):
            try:
                found = await obstore.get_async(self._store, picture_path(sha256, media_type))
                return bytes(await found.bytes_async())
            except (NotFoundError, FileNotFoundError):
                return None

    async def delete(self, sha256: str, media_type: str) -> None:
        """See `PictureStore.delete`."""
        async with _answer("delete the picture"):
            try:
                await obstore.delete_async(self._store, picture_path(sha256, media_type))
            except (NotFoundError, FileNotFoundError):
                return

    async def pages(self) -> AsyncGenerator[Sequence[StoredPicture], None]:
        """See `PictureStore.pages`."""
        for folder in _FOLDERS:
            listing = obstore.list(self._store, folder, chunk_size=PAGE_SIZE)
            while True:
                async with _answer("list its pictures"):
                    page = await anext(listing, None)
                if page is None:
                    break
                found = [_stored(each["path"], each["last_modified"].timestamp()) for each in page]
                yield [picture for picture in found if picture is not None]


def _stored(path: str, written_at: float) -> StoredPicture | None:
    """Return the picture that lies at a path; None where none does."""
    match = _PATH.fullmatch(path)
    if match is None:
        return None
    return StoredPicture(match[3], _MEDIA_TYPES[match[4]], written_at)


@asynccontextmanager
async def _answer(wanted: str) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(_SECONDS):
            yield
    except (BaseError, OSError, TimeoutError) as error:
        raise StoreError(f"the object store did not {wanted}") from error
