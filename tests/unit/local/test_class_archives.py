"""Archives of the classes that Java loads."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from kanvas_local import class_archives
from kanvas_local.errors import StackError
from kanvas_local.progress import ProgressLines

QUIET = ProgressLines(quiet=True)
DUMPS = """#!/bin/sh
for word; do case $word in -XX:SharedArchiveFile=*) : > "${word#*=}";; esac; done
"""
FAILS = "#!/bin/sh\nexit 1\n"
TELLS = '#!/bin/sh\nprintf "%s\\n" "$@"\n'


@pytest.fixture
def java(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make the home of a Java, in a folder whose name has to be quoted, and an empty cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "the cache"))
    home = tmp_path / "a Java's home"
    for folder in ("bin", "lib/server"):
        (home / folder).mkdir(parents=True)
    (home / "release").write_text('JAVA_VERSION="21.0.8"\n')
    return home / "bin/java"


def program(java: Path, script: str) -> None:
    java.write_text(script)
    java.chmod(0o755)


def started(java: Path, archive: Path) -> list[str]:
    """Run what `launch` returns, with a Java that tells its arguments."""
    program(java, TELLS)
    line = class_archives.launch(java, archive, "@a file", "Main")
    return subprocess.run(
        ["/bin/sh", "-ec", line], capture_output=True, text=True, check=True
    ).stdout.splitlines()


def test_javas_own_classes_are_archived_once(java: Path) -> None:
    program(java, DUMPS)
    class_archives.ensure_base_archive(java, QUIET)
    assert [file.name for file in java.parent.parent.glob("lib/server/*")] == ["classes.jsa"]
    program(java, FAILS)
    class_archives.ensure_base_archive(java, QUIET)


def test_an_archive_that_cannot_be_written_is_told(java: Path) -> None:
    program(java, FAILS)
    with pytest.raises(StackError, match="archive of its classes"):
        class_archives.ensure_base_archive(java, QUIET)
    assert not list(java.parent.parent.glob("lib/server/*"))


def test_the_first_start_writes_the_archive_and_the_next_one_reads_it(java: Path) -> None:
    archive = class_archives.class_archive("kafka", java, [])
    assert started(java, archive)[0] == f"-XX:ArchiveClassesAtExit={archive}"
    archive.write_bytes(b"\xf0\x0b\xab\xa8")
    assert class_archives.class_archive("kafka", java, []) == archive
    first, *_, file, main = started(java, archive)
    assert (first, file, main) == (f"-XX:SharedArchiveFile={archive}", "@a file", "Main")


def test_an_archive_that_was_cut_short_is_written_again(java: Path) -> None:
    archive = class_archives.class_archive("kafka", java, [])
    for content in (b"", bytes(4096)):
        archive.write_bytes(content)
        class_archives.class_archive("kafka", java, [])
        assert not archive.exists()


def test_another_java_or_other_jars_have_another_archive(java: Path, tmp_path: Path) -> None:
    jar = tmp_path / "kafka.jar"
    jar.write_bytes(b"one")
    archives = {class_archives.class_archive("kafka", java, jars) for jars in ([], [jar])}
    jar.write_bytes(b"another")
    archives.add(class_archives.class_archive("kafka", java, [jar]))
    (java.parent.parent / "release").write_text('JAVA_VERSION="21.0.10"\n')
    archives.add(class_archives.class_archive("kafka", java, [jar]))
    archives.add(class_archives.class_archive("cassandra", java, [jar]))
    assert len(archives) == 5


def test_a_cache_that_may_only_be_read_gets_no_archive(
    java: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_args: object, **_options: object) -> None:
        raise PermissionError

    program(java, FAILS)
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    monkeypatch.setattr(Path, "mkdir", refused)
    class_archives.ensure_base_archive(java, QUIET)
    archive = class_archives.class_archive("kafka", java, [])
    assert started(java, archive)[0] == "-Xshare:auto"
