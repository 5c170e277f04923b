"""Pictures in an object store: a local folder, or anything that speaks S3."""

import hashlib
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from kanvas_imagegen import metrics
from kanvas_imagegen.ports import StoreError

_ENDINGS = {"image/webp": "webp", "image/png": "png"}


def picture_path(sha256: str, media_type: str) -> str:
    """Return where a picture lies: `aa/bb/<sha256>.<ending>`, so that no folder grows too large."""
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}.{_ENDINGS[media_type]}"


class ObjectPictureStore:
    """Writes each picture once, under the hash of its content."""

    def __init__(self, url: str) -> None:
        """Take the store at `file:///folder` (made where missing) or, say, `s3://bucket/prefix`."""
        parts = urlsplit(url)
        self._is_local = parts.scheme == "file"
        self._store: ObjectStore = (
            LocalStore(unquote(parts.path), mkdir=True) if self._is_local else from_url(url)
        )

    async def put(self, data: bytes, media_type: str) -> str:
        """See `PictureStore.put`."""
        sha256 = hashlib.sha256(data).hexdigest()
        # A folder keeps no attributes; there the ending of the name says the type.
        attributes = None if self._is_local else {"Content-Type": media_type}
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
