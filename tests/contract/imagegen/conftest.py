"""The painters and stores that each contract is held against."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from kanvas_imagegen.adapters.object_store import ObjectPictureStore
from kanvas_imagegen.adapters.triton import TritonPainter
from kanvas_imagegen.ports import Painter, PictureStore
from kanvas_platform.object_store import open_store
from tests.integration.imagegen.triton_server import TritonServer, triton_server
from tests.unit.imagegen.doubles import FakePainter, MemoryStore


@pytest.fixture(scope="session")
def triton(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TritonServer]:
    """Run a real Triton with the model `sketch`, which the fake painter imitates."""
    with triton_server(tmp_path_factory.mktemp("triton")) as server:
        yield server


@pytest.fixture(params=["fake", pytest.param("triton", marks=pytest.mark.servers)])
async def painter(request: pytest.FixtureRequest) -> AsyncIterator[Painter]:
    if request.param == "fake":
        yield FakePainter()
        return
    server: TritonServer = request.getfixturevalue("triton")
    server.start()
    real = TritonPainter(server.target, probe_model="sketch")
    yield real
    await real.close()


@pytest.fixture(params=["memory", "folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> PictureStore:
    match request.param:
        case "memory":
            return MemoryStore()
        case "folder":
            return ObjectPictureStore(open_store((tmp_path / "media").as_uri()))
        case _:
            # Unlike a folder it keeps attributes, as S3 does.
            return ObjectPictureStore(open_store("memory:///"))
