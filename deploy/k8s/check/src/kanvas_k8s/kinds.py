"""Custom resources whose schemas npm packages carry: those of operators that many clusters have."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kanvas_k8s.resources import K8S, Finding, Resource, name_of
from kanvas_local.errors import StackError
from kanvas_local.page import NPM_CI, Node, find_node, npm
from kanvas_local.progress import ProgressLines

FOLDER = K8S / "check/kinds"
PACKAGES: Mapping[str, str] = {
    "external-secrets.io": "external-secrets",
    "gateway.networking.k8s.io": "gateway-api",
    "keda.sh": "keda",
    "monitoring.coreos.com": "prometheus-operator",
}
"""Which package knows the kinds of a group."""


def package_of(resource: Resource) -> str | None:
    """Return the package that knows the kind of a resource; None where none does."""
    return PACKAGES.get(str(resource["apiVersion"]).partition("/")[0])


@dataclass(frozen=True)
class Judge:
    """Holds resources against those packages.

    Attributes:
        node: What runs them.
        folder: Where they are installed.
    """

    node: Node
    folder: Path = FOLDER

    def errors(self, resources: Sequence[Resource]) -> list[Finding]:
        """Return what is wrong with resources of the groups of `PACKAGES`.

        Raises:
            StackError: The packages cannot be used; the message has what node says.
        """
        asked = [{"package": package_of(each), "resource": each} for each in resources]
        result = subprocess.run(
            [self.node.bin / "node", self.folder / "judge.mjs"],
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode != 0:
            raise StackError(f"Custom resources cannot be judged: {result.stderr.strip()}")
        wrong: list[tuple[int, str]] = json.loads(result.stdout)
        return [Finding(name_of(resources[index]), sentence) for index, sentence in wrong]


def install_judge(progress: ProgressLines) -> Judge:
    """Return a judge whose packages are those of the lock.

    Raises:
        StackError: They cannot be installed.
    """
    node = find_node(progress)
    lock = hashlib.sha256((FOLDER / "package-lock.json").read_bytes()).hexdigest()
    stamp = FOLDER / "node_modules/.kanvas-stamp"
    if not stamp.exists() or stamp.read_text() != lock:
        progress.say("installing the schemas of custom resources")
        npm(node, FOLDER, *NPM_CI)
        stamp.write_text(lock)
    return Judge(node)
