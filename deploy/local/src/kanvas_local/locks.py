"""Lists of requirements with hashes, as uv writes them.

`python -m kanvas_local.locks NEW` makes the list NEW the project's, by `renewed`.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

_REQUIREMENT = re.compile(
    r"^(?P<name>\S+==\S+)(?P<marker>.*?)(?P<hashes>(?: \\\n +--hash=\S+)+)", re.MULTILINE
)
_HASH = re.compile(r"--hash=(\S+)")


def requirement_of(text: str, package: str, release: str = "") -> str:
    """Return the block of `package` in a list: its line and the lines of hashes below it.

    Args:
        text: The list.
        package: Its name as the list writes it.
        release: How the version begins, where the list has several ("21.").

    Raises:
        LookupError: The list does not have it.
    """
    first = re.escape(f"{package}=={release}")
    block = re.search(rf"^{first}.*(?:\n +--hash.*)*\n?", text, re.MULTILINE)
    if block is None:
        raise LookupError(f"{package} is not locked")
    return block.group().rstrip().removesuffix("\\").rstrip() + "\n"


def renewed(before: str, after: str) -> str:
    """Return the list `after`, with the hashes that `before` had of the same versions as well.

    A mirror of the registry may list only some of a version's files. Without this, a machine with
    another processor or Python would then refuse what was locked for it.
    """
    blocks = _REQUIREMENT.finditer(before)
    known = {block["name"]: _HASH.findall(block["hashes"]) for block in blocks}

    def with_known(match: re.Match[str]) -> str:
        hashes = sorted({*_HASH.findall(match["hashes"]), *known.get(match["name"], ())})
        lines = "".join(f" \\\n    --hash={digest}" for digest in hashes)
        return f"{match['name']}{match['marker']}{lines}"

    return _REQUIREMENT.sub(with_known, after)


def main() -> None:
    """Write constraints.txt of this folder anew."""
    lock = Path("constraints.txt")
    lock.write_text(renewed(lock.read_text(), Path(sys.argv[1]).read_text()))


if __name__ == "__main__":
    main()
