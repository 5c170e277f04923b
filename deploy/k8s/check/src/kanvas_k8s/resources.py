"""Resources of Kubernetes, as `kubectl kustomize` prints them, and the pods that they make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import yaml

from kanvas_local.layout import REPOSITORY

K8S = REPOSITORY / "deploy/k8s"

LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The one in C where PyYAML has it: definitions of custom resources are large."""

Resource: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, order=True)
class Finding:
    """Something that is wrong.

    Attributes:
        where: The resource, or the file.
        what: What is wrong with it, in a sentence.
    """

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


def read_resources(text: str) -> list[Resource]:
    """Return the resources of a YAML text of several documents."""
    return [document for document in yaml.load_all(text, Loader=LOADER) if document]


def name_of(resource: Resource) -> str:
    """Return how findings name a resource, such as `Deployment kanvas/gateway`."""
    metadata = resource["metadata"]
    namespace = f"{metadata['namespace']}/" if "namespace" in metadata else ""
    return f"{resource['kind']} {namespace}{metadata['name']}"


def of_kind(resources: Sequence[Resource], *kinds: str) -> list[Resource]:
    """Return the resources of these kinds."""
    return [resource for resource in resources if resource["kind"] in kinds]


def pod_template(resource: Resource) -> Resource | None:
    """Return the template of the pods that a resource makes; None where it makes none itself."""
    match resource["kind"]:
        case "Deployment" | "StatefulSet" | "Job" | "DaemonSet" | "ReplicaSet":
            template: Resource = resource["spec"]["template"]
            return template
        case "CronJob":
            nested: Resource = resource["spec"]["jobTemplate"]["spec"]["template"]
            return nested
        case "Pod":
            return resource
        case _:
            return None


def containers_of(pod: Resource) -> Iterator[Resource]:
    """Yield all containers of a pod's spec, those that run first included."""
    yield from pod.get("initContainers", ())
    yield from pod["containers"]
