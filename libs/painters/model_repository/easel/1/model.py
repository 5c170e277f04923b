"""Triton's side of the easel model."""

from __future__ import annotations

from functools import partial
from typing import Any

import triton_python_backend_utils as pb

from kanvas_painters.easel.networks import networks
from kanvas_painters.easel.order import EaselOrder, EaselWork
from kanvas_painters.painting.triton import requests_or_broken


class TritonPythonModel:
    """The painting network."""

    def initialize(self, args: dict[str, str]) -> None:
        """Read the networks; without them, every request fails and says so."""
        self._requests = requests_or_broken(
            pb, args, order=EaselOrder, load=lambda: partial(EaselWork, networks=networks())
        )

    def execute(self, requests: list[Any]) -> None:
        """Admit requests."""
        self._requests.execute(requests)

    def finalize(self) -> None:
        """End what is still being painted."""
        self._requests.finalize()
