"""Kafka and Cassandra as their published jars: a locked list, fetched and verified.

The list is the source of truth: jgo only downloads the named files (its own
resolution of dependencies is wrong for this tree), and a file enters the cache
only when its SHA-256 is the one in the list.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from kanvas_local.downloads import as_downloads_go
from kanvas_local.errors import StackError
from kanvas_local.layout import REPOSITORY, cache_folder
from kanvas_local.maven import maven_url
from kanvas_local.mutex import exclusive
from kanvas_local.progress import ProgressLines

LIST = REPOSITORY / "deploy/local/jars.txt"
_PARALLEL = 8
_ATTEMPTS = 3


@dataclass(frozen=True)
class Jar:
    """One line of the list."""

    group: str
    artifact: str
    version: str
    classifier: str
    sha256: str

    @property
    def file_name(self) -> str:
        """Its name in the cache: the whole coordinate, so that no two jars collide."""
        parts = [self.group, self.artifact, self.version]
        return "_".join([*parts, self.classifier] if self.classifier else parts) + ".jar"

    @property
    def path(self) -> Path:
        """Where it lies in the cache once fetched."""
        return cache_folder() / "jars" / self.file_name


def read_list(text: str) -> dict[str, list[Jar]]:
    """Return the jars of each [section], in the order of the list."""
    sections: dict[str, list[Jar]] = {}
    current: list[Jar] = []
    for raw in text.splitlines():
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            current = sections.setdefault(line.strip("[]"), [])
            continue
        coordinate, sha256 = line.split()
        group, artifact, version, *classifier = coordinate.split(":")
        current.append(Jar(group, artifact, version, "".join(classifier), sha256))
    return sections


def fetch_jars(progress: ProgressLines) -> dict[str, list[Path]]:
    """Bring every jar of the list into the cache; return their paths by section.

    A jar that is there is trusted: it was verified when it was put there, by a
    rename that cannot leave half a file.

    Raises:
        StackError: The network does not answer, or a digest does not match.
    """
    sections = read_list(LIST.read_text())
    wanted = {jar.file_name: jar for jars in sections.values() for jar in jars}
    missing = [jar for jar in wanted.values() if not jar.path.exists()]
    if missing:
        with exclusive(cache_folder() / "jars.lock"), as_downloads_go():
            fetch_all([jar for jar in missing if not jar.path.exists()], progress)
    return {name: [jar.path for jar in jars] for name, jars in sections.items()}


def fetch_all(missing: Sequence[Jar], progress: ProgressLines) -> None:
    """Download jars into the cache, several at a time, each checked by its digest.

    Raises:
        StackError: One of them could not be downloaded.
    """
    folder = cache_folder() / "jars"
    folder.mkdir(parents=True, exist_ok=True)
    fetched = size = 0
    pool = ThreadPoolExecutor(_PARALLEL)
    futures: list[Future[int]] = [pool.submit(_fetch, jar) for jar in missing]
    try:
        for future in as_completed(futures):
            size += future.result()
            fetched += 1
            progress.update(
                f"fetching {len(missing)} jars: {fetched}/{len(missing)}, {size / 1e6:.0f} MB"
            )
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    progress.say(f"fetched {fetched} jars, {size / 1e6:.0f} MB")


def _fetch(jar: Jar) -> int:
    """Download and verify one jar; return its size in bytes."""
    for attempt in range(1, _ATTEMPTS + 1):
        # jgo takes any file in its own cache for whole, so each try gets an empty one.
        with tempfile.TemporaryDirectory(dir=cache_folder() / "jars", prefix=".part-") as part:
            downloaded = download(jar, Path(part), last=attempt == _ATTEMPTS)
            if downloaded is None:
                continue
            digest = hashlib.sha256(downloaded.read_bytes()).hexdigest()
            if digest != jar.sha256:
                raise StackError(
                    f"{jar.file_name} has the SHA-256 {digest}, not that of deploy/local/jars.txt: "
                    "try again, and if it stays so, do not trust the package registry in use."
                )
            size = downloaded.stat().st_size
            os.replace(downloaded, jar.path)
            return size
    raise AssertionError("the last attempt returns or raises")


def download(jar: Jar, folder: Path, *, last: bool) -> Path | None:
    """Download one jar into `folder`; None where another attempt may do better.

    Raises:
        StackError: It was the last attempt.
    """
    # Costs 0.3 s to import, and only the first start needs it.
    import requests  # noqa: PLC0415
    from jgo.maven import MavenContext  # noqa: PLC0415

    named = maven_url()
    context = MavenContext(repo_cache=folder, remote_repos={"central": named} if named else None)
    project = context.project(jar.group, jar.artifact)
    artifact = project.at_version(jar.version).artifact(jar.classifier, "jar")
    try:
        return Path(artifact.resolve())
    except (requests.RequestException, RuntimeError, OSError) as error:
        if not last:
            return None
        # Without the address, which may carry a password.
        raise StackError(
            f"Could not fetch {jar.file_name} ({type(error).__name__}): the first run needs Maven "
            "Central, or a mirror of it (docs/local-stack.md says how to name one). Check the "
            "network and run it again; what has arrived is kept."
        ) from error
