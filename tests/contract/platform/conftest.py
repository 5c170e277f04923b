"""The stores that the contract is tested on: the double, and LMDB."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from kanvas_platform.kafka.store.lmdb_store import LmdbStore
from kanvas_platform.kafka.store.space import Store
from kanvas_platform.testing.memory_store import MemoryStore


@pytest.fixture(params=["memory", "lmdb"])
def make_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Store]]:
    """Return a function that makes empty stores, which are closed when the test ends."""
    made: list[Store] = []

    def make() -> Store:
        if request.param == "memory":
            made.append(MemoryStore())
        else:
            folder = tmp_path / str(len(made))
            folder.mkdir()
            made.append(LmdbStore(folder))
        return made[-1]

    yield make
    for store in made:
        with closing(store):
            pass
