"""Whether pods keep to the pod security standard `restricted`, and to what Kanvas adds to it.

Kanvas adds: a root that is read only, no token of the cluster's API, no addresses of services in
the environment, and bounds on memory.
"""

from __future__ import annotations

from collections.abc import Iterator

from kanvas_k8s.resources import Finding, Resource, containers_of, name_of, pod_template

_HIGHEST_SYSTEM_UID = 9999
_VOLUMES = {
    "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim",
    "projected", "secret",
}  # fmt: skip
"""Kinds of volumes that `restricted` allows."""


def unrestricted(resource: Resource) -> list[Finding]:
    """Return what the pods of a resource may do beyond `restricted`; none where it makes none."""
    template = pod_template(resource)
    if template is None:
        return []
    return [Finding(name_of(resource), what) for what in _of_pod(template["spec"])]


def _of_pod(pod: Resource) -> Iterator[str]:
    for shared in ("hostNetwork", "hostPID", "hostIPC"):
        if pod.get(shared):
            yield f"{shared} is shared with the node"
    if pod.get("automountServiceAccountToken") is not False:
        yield "automountServiceAccountToken must be false"
    if pod.get("enableServiceLinks") is not False:
        yield "enableServiceLinks must be false"
    for volume in pod.get("volumes", ()):
        kinds = set(volume) - {"name"}
        if not kinds <= _VOLUMES:
            yield f"volume {volume['name']} is of the kind {', '.join(sorted(kinds))}"
    for container in containers_of(pod):
        for what in _of_container(container, pod.get("securityContext", {})):
            yield f"container {container['name']}: {what}"


def _of_container(container: Resource, of_pod: Resource) -> Iterator[str]:
    own = container.get("securityContext", {})
    both = {**of_pod, **own}
    capabilities = own.get("capabilities", {})
    resources = container.get("resources", {})
    seccomp = both.get("seccompProfile", {}).get("type")
    must = {
        "runAsNonRoot must be true": both.get("runAsNonRoot") is True,
        f"runAsUser must be above {_HIGHEST_SYSTEM_UID}": (
            both.get("runAsUser", 0) > _HIGHEST_SYSTEM_UID
        ),
        "seccompProfile must be RuntimeDefault": seccomp in ("RuntimeDefault", "Localhost"),
        "privileged must be left out": not own.get("privileged"),
        "allowPrivilegeEscalation must be false": own.get("allowPrivilegeEscalation") is False,
        "readOnlyRootFilesystem must be true": own.get("readOnlyRootFilesystem") is True,
        "all capabilities must be dropped": capabilities.get("drop") == ["ALL"],
        "no capability may be added": not capabilities.get("add"),
        "no port of the node may be taken": not any(
            "hostPort" in port for port in container.get("ports", ())
        ),
        "memory must have a limit": "memory" in resources.get("limits", {}),
        "cpu and memory must be requested": {"cpu", "memory"} <= set(resources.get("requests", {})),
    }
    yield from (what for what, holds in must.items() if not holds)
