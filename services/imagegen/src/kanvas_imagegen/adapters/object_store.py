"""Pictures in an object store: a local folder, or anything that speaks S3."""

import hashlib

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, ObjectStore

from kanvas_imagegen import metrics
from kanvas_imagegen.ports import StoreError
from kanvas_platform.object_store import content_path

_ENDINGS = {"image/webp": "webp", "image/png": "png"}


def picture_path(sha256: str, media_type: str) -> str:
    """Return where a picture lies."""
    return content_path(sha256, _ENDINGS[media_type])


class ObjectPictureStore:
    """Writes each picture once, under the hash of its content."""

    def __init__(self, store: ObjectStore) -> None:
        """Take a store that `open_store` has opened."""
        self._store = store

    async def put(self, data: bytes, media_type: str) -> str:
        """See `PictureStore.put`."""
        sha256 = hashlib.sha256(data).hexdigest()
        # A folder keeps no attributes; there the ending of the name says the type.
        is_local = isinstance(self._store, LocalStore)
        attributes = None if is_local else {"Content-Type": media_type}
        try:
            await obstore.put_async(
                self._store,
                picture_path(sha256, media_type),
                data,
                mode="create",
                attributes=attributes,
            )
        except AlreadyExistsError:
            # The same name is the same content: somebody painted this before.
            return sha256
        except (BaseError, OSError) as error:
            raise StoreError("the object store did not take the picture") from error
        metrics.pictures_stored.inc()
        metrics.picture_bytes.inc(len(data))
        return sha256
