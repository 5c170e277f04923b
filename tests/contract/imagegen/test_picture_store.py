"""What every store of pictures does."""

import hashlib
from pathlib import Path

import obstore
import pytest

from kanvas_imagegen.adapters.object_store import ObjectPictureStore, picture_path
from kanvas_imagegen.ports import PictureStore, StoreError
from kanvas_platform.object_store import open_store

DATA = b"not really a picture"
SHA256 = hashlib.sha256(DATA).hexdigest()


async def test_a_picture_is_named_by_its_content(store: PictureStore) -> None:
    assert await store.put(DATA, "image/webp") == SHA256


async def test_the_same_picture_again_is_no_error(store: PictureStore) -> None:
    await store.put(DATA, "image/webp")
    assert await store.put(DATA, "image/webp") == SHA256


async def test_a_folder_holds_the_bytes_two_levels_deep(tmp_path: Path) -> None:
    store = ObjectPictureStore(open_store((tmp_path / "new" / "media").as_uri()))
    await store.put(DATA, "image/png")
    name = f"{SHA256[:2]}/{SHA256[2:4]}/{SHA256}.png"
    assert picture_path(SHA256, "image/png") == name
    assert (tmp_path / "new" / "media" / name).read_bytes() == DATA


async def test_what_is_stored_is_never_written_again(tmp_path: Path) -> None:
    store = ObjectPictureStore(open_store(tmp_path.as_uri()))
    await store.put(DATA, "image/webp")
    file = tmp_path / picture_path(SHA256, "image/webp")
    before = file.stat().st_mtime_ns, file.stat().st_ino
    await store.put(DATA, "image/webp")
    assert (file.stat().st_mtime_ns, file.stat().st_ino) == before


async def test_a_bucket_keeps_the_type() -> None:
    bucket = open_store("memory:///")
    store = ObjectPictureStore(bucket)
    await store.put(DATA, "image/webp")
    stored = await obstore.get_async(bucket, picture_path(SHA256, "image/webp"))
    assert stored.attributes["Content-Type"] == "image/webp"


async def test_a_folder_that_cannot_be_written_is_an_error_of_the_store(tmp_path: Path) -> None:
    store = ObjectPictureStore(open_store(tmp_path.as_uri()))
    # Where the folder of the picture should be, there is a file.
    (tmp_path / SHA256[:2]).write_bytes(b"")
    with pytest.raises(StoreError):
        await store.put(DATA, "image/webp")
