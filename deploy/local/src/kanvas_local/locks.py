"""Reading lists of requirements with hashes, as uv writes them."""

from __future__ import annotations

import re


def requirement_of(text: str, package: str) -> str:
    """The block of `package` in a list: its line and the lines of hashes below it.

    Raises:
        LookupError: The list does not have it.
    """
    block = re.search(rf"^{re.escape(package)}==.*(?:\n +--hash.*)*\n?", text, re.MULTILINE)
    if block is None:
        raise LookupError(f"{package} is not locked")
    return block.group().rstrip().removesuffix("\\").rstrip() + "\n"
