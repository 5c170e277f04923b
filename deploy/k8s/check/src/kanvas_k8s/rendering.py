"""What `kubectl kustomize` makes of an overlay, and of each combination of components."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import yaml

from kanvas_k8s.resources import K8S, Resource, read_resources
from kanvas_local.errors import StackError

ALTERNATIVES = (
    ("kafka-one-broker", "kafka-three-brokers"),
    ("cassandra-one-node", "cassandra-three-racks"),
    ("media-volume", "media-bucket"),
)
"""Components of which an installation takes one each."""

OPTIONS = ("edge-routes", "gateway-scaling", "monitoring", "vault")
"""Components that an installation may take or leave."""


@dataclass(frozen=True)
class Rendered:
    """What an installation consists of.

    Attributes:
        name: Of the overlay, or of the components.
        resources: All resources.
        site: Whether it says all that an installation must: overlays do, combinations of
            components do not say where it is.
    """

    name: str
    resources: Sequence[Resource]
    site: bool


def overlays() -> list[Path]:
    """Return the folders of the overlays."""
    return sorted(file.parent for file in K8S.glob("overlays/*/kustomization.yaml"))


def combinations() -> list[tuple[str, ...]]:
    """Return every choice of one component of each alternative, and one with all options."""
    choices = list(product(*ALTERNATIVES))
    return [*choices, (*choices[-1], *OPTIONS)]


def render_all(kubectl: Path, scratch: Path) -> Iterator[Rendered]:
    """Yield every overlay and every combination.

    Args:
        kubectl: The program.
        scratch: A folder of ours, in the repository: Kustomize takes relative paths only.

    Raises:
        StackError: One cannot be built; the message has what kubectl says.
    """
    for overlay in overlays():
        yield Rendered(overlay.name, render(kubectl, overlay), site=True)
    for chosen in combinations():
        name = "+".join(chosen)
        folder = scratch / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "kustomization.yaml").write_text(combination(folder, chosen))
        yield Rendered(name, render(kubectl, folder), site=False)


def combination(folder: Path, components: Sequence[str]) -> str:
    """Return the kustomization, in `folder`, of the base with these components."""
    k8s = os.path.relpath(K8S, folder)
    return yaml.safe_dump(
        {
            "apiVersion": "kustomize.config.k8s.io/v1beta1",
            "kind": "Kustomization",
            "resources": [f"{k8s}/base"],
            "components": [f"{k8s}/components/{name}" for name in components],
        }
    )


def render(kubectl: Path, folder: Path) -> list[Resource]:
    """Return the resources that a folder's kustomization makes.

    Raises:
        StackError: It cannot be built.
    """
    result = subprocess.run(
        [kubectl, "kustomize", folder], capture_output=True, text=True, check=False
    )
    if result.returncode != 0:
        raise StackError(f"{folder.name} cannot be built: {result.stderr.strip()}")
    return read_resources(result.stdout)
