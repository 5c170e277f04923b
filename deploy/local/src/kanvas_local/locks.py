"""Reading lists of requirements with hashes, as uv writes them."""

from __future__ import annotations

import re


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
