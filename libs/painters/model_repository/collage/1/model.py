"""Triton's side of the collage model."""

from __future__ import annotations

from typing import Any

import triton_python_backend_utils as pb

from kanvas_painters.collage.order import CollageOrder, CollageWork
from kanvas_painters.painting.triton import Requests


class TritonPythonModel:
    """The composer of drawings."""

    def initialize(self, args: dict[str, str]) -> None:
        """Read the drawings."""
        self._requests = Requests(pb, args, order=CollageOrder, work=CollageWork)

    def execute(self, requests: list[Any]) -> None:
        """Admit requests."""
        self._requests.execute(requests)

    def finalize(self) -> None:
        """End what is still being painted."""
        self._requests.finalize()
