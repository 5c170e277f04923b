"""What LMDB says, in the words of the contract: for now, or damage."""

from pathlib import Path

import pytest

from kanvas_platform.kafka.contract import StoreBroken, StoreFailed
from kanvas_platform.kafka.store import lmdb_store
from kanvas_platform.kafka.store.lmdb_store import LmdbStore


def test_what_finds_no_room_is_written_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lmdb_store, "_ADDRESS_SPACE", 1 << 16)
    store = LmdbStore(tmp_path)
    store.write([(b"a", b"1")])
    with pytest.raises(StoreFailed) as caught:
        store.write([(b"a", b"2"), (b"b", b"x" * (1 << 17))])
    assert not isinstance(caught.value, StoreBroken)
    store.write([(b"c", b"3")])
    assert [store.get(key) for key in (b"a", b"b", b"c")] == [b"1", None, b"3"]
    assert store.condemned is None
    store.close()


def test_a_file_that_is_no_store_is_damage(tmp_path: Path) -> None:
    (tmp_path / "data.mdb").write_bytes(b"no store" * 2000)
    with pytest.raises(StoreBroken, match="damaged"):
        LmdbStore(tmp_path)
