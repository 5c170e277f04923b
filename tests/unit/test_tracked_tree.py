"""What everybody who clones Kanvas has to fetch: drawings and networks are most of it."""

import subprocess
from pathlib import Path

from kanvas_local.layout import REPOSITORY

MOST_BYTES = 56 << 20


def test_the_tracked_tree_stays_below_56_mib() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=REPOSITORY, capture_output=True, check=True
    )
    paths = [Path(REPOSITORY, name.decode()) for name in listed.stdout.split(b"\0") if name]
    sizes = {path: path.lstat().st_size for path in paths if path.exists()}
    largest = sorted(sizes, key=lambda path: -sizes[path])[:5]
    assert 0 < sum(sizes.values()) < MOST_BYTES, largest
