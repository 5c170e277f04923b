"""What every store of pictures does."""

import hashlib
from pathlib import Path

import obstore
import pytest

from kanvas_imagegen.adapters.object_store import PAGE_SIZE, ObjectPictureStore, picture_path
from kanvas_imagegen.ports import PictureStore, StoredPicture, StoreError
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


async def test_what_is_stored_again_has_another_time(store: PictureStore) -> None:
    await store.put(DATA, "image/webp")
    before = after = await store.find(SHA256, "image/webp")
    for _ in range(1000):  # clocks of stores move in steps
        if after != before:
            break
        await store.put(DATA, "image/webp")
        after = await store.find(SHA256, "image/webp")
    assert before is not None
    assert after is not None
    assert before.written_at < after.written_at
    assert await store.read(SHA256, "image/webp") == DATA


async def test_what_is_not_there_is_not_found_and_deleting_it_is_no_error(
    store: PictureStore,
) -> None:
    await store.put(DATA, "image/png")
    assert await store.find(SHA256, "image/webp") is None
    assert await store.read(SHA256, "image/webp") is None
    await store.delete(SHA256, "image/webp")
    assert await store.read(SHA256, "image/png") == DATA


async def test_a_deleted_picture_is_gone_and_can_be_stored_again(store: PictureStore) -> None:
    await store.put(DATA, "image/webp")
    await store.delete(SHA256, "image/webp")
    assert await store.find(SHA256, "image/webp") is None
    assert await listed(store) == []
    await store.put(DATA, "image/webp")
    assert await store.read(SHA256, "image/webp") == DATA


async def test_all_pictures_are_listed_as_they_are_found(store: PictureStore) -> None:
    kinds = ("image/webp", "image/png")
    names = [(await store.put(b"%d" % each, kinds[each % 2]), kinds[each % 2]) for each in range(9)]
    found = [await store.find(*name) for name in names]
    assert sorted(await listed(store), key=repr) == sorted(found, key=repr)


async def test_pages_are_bounded(tmp_path: Path) -> None:
    bucket = open_store("memory:///")
    names = {f"ab/cd/abcd{number:060x}.webp" for number in range(PAGE_SIZE + 1)}
    for name in names:
        await obstore.put_async(bucket, name, b"")
    pages = [page async for page in ObjectPictureStore(bucket).pages()]
    assert max(map(len, pages)) <= PAGE_SIZE
    assert sum(map(len, pages)) == len(names)


@pytest.mark.parametrize(
    "name", ["ab/cd/notes.txt", f"ab/cd/{SHA256}.webp", f"{SHA256}.webp", "ab/abcd.webp"]
)
async def test_what_is_no_picture_is_not_listed(tmp_path: Path, name: str) -> None:
    folder = open_store(tmp_path.as_uri())
    await obstore.put_async(folder, name, b"")
    assert await listed(ObjectPictureStore(folder)) == []


async def test_a_store_that_cannot_be_listed_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "media"
    store = ObjectPictureStore(open_store(folder.as_uri()))
    folder.rmdir()
    folder.write_bytes(b"")
    with pytest.raises(StoreError):
        await listed(store)


async def listed(store: PictureStore) -> list[StoredPicture]:
    return [picture async for page in store.pages() for picture in page]


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
