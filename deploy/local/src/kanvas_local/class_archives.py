"""Java's archives of the classes that a server loads, which take half of the CPU time of a start.

Java calls it class data sharing. A *base* archive holds Java's own classes; the Java that comes
inside a package has none. An archive on top of it holds a server's. A server writes its own as it
ends in an orderly way for the first time, and every later start, of whatever stack, reads that.
Java ignores an archive that does not fit its version or its class path. Where the cache may only be
read, the archives in it are used and none is written.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from kanvas_local.errors import StackError
from kanvas_local.layout import cache_folder
from kanvas_local.progress import ProgressLines
from kanvas_local.versions import digest_of

_DUMP_SECONDS = 120
_QUIET = "-Xlog:cds*=error"
"""Java names every class that an archive cannot hold; those are a few hundred of some 8,000."""
_MAGIC_BYTES = 4


def ensure_base_archive(java: Path, progress: ProgressLines) -> None:
    """Write the archive of Java's own classes to where `java` looks for it, if it is not there.

    Raises:
        StackError: It cannot be written.
    """
    archive = java.parent.parent / "lib/server/classes.jsa"
    if archive.exists() or not os.access(archive.parent, os.W_OK):
        return
    progress.update("preparing Java")
    # Two that do so at the same time write the same; the last one stays.
    with tempfile.TemporaryDirectory(dir=archive.parent, prefix=".part-") as part:
        written = Path(part) / archive.name
        command = [str(java), "-Xshare:dump", f"-XX:SharedArchiveFile={written}"]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=_DUMP_SECONDS)
            written.rename(archive)
        except (OSError, subprocess.SubprocessError) as error:
            raise StackError(f"Java could not write the archive of its classes: {error}") from error


def class_archive(server: str, java: Path, jars: Sequence[Path]) -> Path:
    """Return where the archive of a server's classes lies, or is to lie.

    One that was cut short is removed: Java would ignore it for ever.
    """
    of = digest_of(java.parent.parent / "release", *jars)
    archive = cache_folder() / "class-archives" / f"{server}-{of}.jsa"
    with contextlib.suppress(PermissionError):  # the cache may only be read
        archive.parent.mkdir(parents=True, exist_ok=True)
        if archive.exists() and _is_cut_short(archive):
            archive.unlink(missing_ok=True)
    return archive


def launch(java: Path, archive: Path, *arguments: str) -> str:
    """Return a line of shell that becomes `java` with `arguments`.

    It reads the archive where there is one, and else writes it as it ends, where it may.
    """
    file, folder = shlex.quote(str(archive)), shlex.quote(str(archive.parent))
    return (
        f"if test -f {file}; then share=-XX:SharedArchiveFile={file}\n"
        f"elif test -w {folder}; then share=-XX:ArchiveClassesAtExit={file}\n"
        f"else share=-Xshare:auto; fi\n"
        f'exec {shlex.quote(str(java))} "$share" {shlex.join((_QUIET, *arguments))}'
    )


def _is_cut_short(archive: Path) -> bool:
    # Java writes the header last; until then the file begins with zeros.
    with archive.open("rb") as content:
        return not content.read(_MAGIC_BYTES).strip(b"\0")
