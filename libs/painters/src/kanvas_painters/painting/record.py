"""What a model says of a finished picture, for the picture's record."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Record:
    """How a picture was made.

    Attributes:
        seed: That of the order.
        style: The one that it was painted in.
        substitutions: "asked → drawn", "asked → left out" or "asked → kept out".
        placeholder: Its mean color, "#rrggbb".
        model_version: Name and number, such as "collage-9".
        statement: One honest sentence on what painted it.
    """

    seed: int
    style: str
    substitutions: Sequence[str]
    placeholder: str
    model_version: str
    statement: str

    def meta(self) -> str:
        """Return the record as JSON, as the tensor `meta` carries it."""
        return json.dumps(asdict(self), ensure_ascii=False)
