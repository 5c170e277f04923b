"""What a store of archives promises: a folder, one in memory, and the double of the tests.

What social-graph has stored, a gateway reads.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from kanvas.media.v1.picture_pb2 import Picture
from kanvas_gateway.adapters.object_store import ObjectArchives as GivenArchives
from kanvas_platform.errors import Unavailable
from kanvas_platform.object_store import content_path, open_store
from kanvas_social_graph.adapters.object_store import ObjectArchives, ObjectPictures
from kanvas_social_graph.ports import Archives
from tests.unit.social_graph.exports_world import MemoryArchives

Make = Callable[[Path], Archives]

STORES: dict[str, Make] = {
    "folder": lambda folder: ObjectArchives(open_store(folder.as_uri())),
    "object store": lambda _: ObjectArchives(open_store("memory:///")),
    "double": lambda _: MemoryArchives(),
}


@pytest.fixture(params=STORES)
def archives(request: pytest.FixtureRequest, tmp_path: Path) -> Archives:
    return STORES[request.param](tmp_path)


async def test_archives_are_listed_by_name_until_they_are_removed(archives: Archives) -> None:
    for name in ("a/x/1", "a/x/2", "ab/y/1"):
        for number in range(3):
            await archives.put(name, number, b"part")
    assert await archives.names() == ["a/x/1", "a/x/2", "ab/y/1"]
    await archives.remove("a/x/1")
    assert await archives.names() == ["a/x/2", "ab/y/1"]
    await archives.remove("a")
    assert await archives.names() == ["ab/y/1"], "a name is not the beginning of another"
    await archives.remove("a/x/2")
    assert await archives.names() == ["ab/y/1"]


async def test_an_empty_store_lists_nothing(archives: Archives) -> None:
    assert await archives.names() == []


async def test_a_gateway_reads_what_was_stored(tmp_path: Path) -> None:
    archives = ObjectArchives(open_store(tmp_path.as_uri()))
    given = GivenArchives(tmp_path.as_uri())
    await archives.put("a/x/1", 0, b"0123")
    await archives.put("a/x/1", 1, b"45")
    await archives.put("a/x/1", 1, b"67")
    assert await given.read("a/x/1", 0, 1, 3) == b"12"
    assert await given.read("a/x/1", 1, 0, 2) == b"67", "what is put again takes the place"
    for number, end in ((1, 3), (2, 1)):
        with pytest.raises(Unavailable):
            await given.read("a/x/1", number, 0, end)


async def test_a_picture_is_found_where_imagegen_puts_it_or_is_none(tmp_path: Path) -> None:
    picture = Picture(sha256="ab" * 32, media_type="image/png")
    pictures = ObjectPictures(open_store(tmp_path.as_uri()))
    assert await pictures.read(picture) is None
    path = tmp_path / content_path(picture.sha256, "png")
    path.parent.mkdir(parents=True)
    path.write_bytes(b"picture")
    assert await pictures.read(picture) == b"picture"


async def test_a_store_that_fails_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a file where a folder would have to be")
    archives = ObjectArchives(open_store(tmp_path.as_uri()))
    with pytest.raises(Unavailable):
        await archives.put("a/x/1", 0, b"part")
