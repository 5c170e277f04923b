"""The disk that is full when it is told so."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from kanvas_local import small_disk
from kanvas_local.errors import StackError
from kanvas_local.small_disk import SmallDisk


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    disk = SmallDisk(tmp_path / "disk", 64)
    try:
        disk.mount()
    except StackError as error:
        pytest.skip(f"no disk can be mounted here: {error}")
    yield disk
    disk.unmount()


def test_a_full_disk_takes_nothing_until_there_is_room(disk: SmallDisk) -> None:
    (disk.folder / "kept").write_bytes(b"x" * 100_000)
    (disk.folder / "old").write_bytes(b"x" * 100_000)
    disk.fill()
    with pytest.raises(OSError, match="No space left"):
        (disk.folder / "new").write_bytes(b"x" * 10_000)
    (disk.folder / "old").unlink()
    disk.fill()
    with pytest.raises(OSError, match="No space left"):
        (disk.folder / "new").write_bytes(b"x" * 10_000)
    disk.free()
    (disk.folder / "new").write_bytes(b"x" * 10_000)


def test_a_disk_that_somebody_writes_to_meanwhile_is_filled_all_the_same(
    disk: SmallDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    look, late = os.statvfs, disk.folder / "late"

    def look_before_a_write(folder: Path) -> os.statvfs_result:
        seen = look(folder)
        if not late.exists():
            late.write_bytes(b"x" * 100_000)
        return seen

    monkeypatch.setattr(os, "statvfs", look_before_a_write)
    disk.fill()
    with pytest.raises(OSError, match="No space left"):
        (disk.folder / "new").write_bytes(b"x" * 10_000)


def test_where_mounting_is_not_permitted_the_obstacle_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "mount").write_text("#!/bin/sh\necho 'only root may do that' >&2\nexit 1\n")
    (tmp_path / "mount").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    assert small_disk.obstacle() == "`mount` refused: only root may do that"
