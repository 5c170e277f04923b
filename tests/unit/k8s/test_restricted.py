"""A pod that may do more than `restricted` lets it is found, whatever lets it."""

from collections.abc import Callable

import pytest

from kanvas_k8s.restricted import unrestricted
from tests.unit.k8s.installations import Installation

Change = Callable[[Installation], object]


def test_a_restricted_pod_is_sound() -> None:
    installation = Installation()
    assert [found for each in installation.resources for found in unrestricted(each)] == []


def on_container(**fields: object) -> Change:
    return lambda installation: installation.container.update(fields)


def on_pod(**fields: object) -> Change:
    return lambda installation: installation.pod.update(fields)


def as_root(installation: Installation) -> None:
    installation.pod["securityContext"]["runAsUser"] = 0


def grown(**fields: object) -> Change:
    return lambda installation: installation.container["securityContext"].update(fields)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (on_pod(hostNetwork=True), "hostNetwork"),
        (on_pod(hostPID=True), "hostPID"),
        (on_pod(automountServiceAccountToken=True), "automountServiceAccountToken"),
        (on_pod(enableServiceLinks=True), "enableServiceLinks"),
        (on_pod(volumes=[{"name": "node", "hostPath": {"path": "/"}}]), "hostPath"),
        (on_pod(securityContext={}), "runAsNonRoot"),
        (on_pod(initContainers=[{"name": "first"}]), "container first"),
        (as_root, "runAsUser"),
        (grown(seccompProfile={"type": "Unconfined"}), "seccompProfile"),
        (grown(privileged=True), "privileged"),
        (grown(allowPrivilegeEscalation=True), "allowPrivilegeEscalation"),
        (grown(readOnlyRootFilesystem=False), "readOnlyRootFilesystem"),
        (grown(capabilities={"drop": ["NET_RAW"]}), "dropped"),
        (grown(capabilities={"drop": ["ALL"], "add": ["NET_RAW"]}), "added"),
        (on_container(ports=[{"containerPort": 1, "hostPort": 1}]), "port of the node"),
        (on_container(resources={"requests": {"cpu": "1", "memory": "1Gi"}}), "limit"),
        (on_container(resources={"limits": {"memory": "1Gi"}}), "requested"),
    ],
)
def test_what_a_pod_may_not_do_is_said(change: Change, said: str) -> None:
    installation = Installation()
    change(installation)
    found = unrestricted(installation.deployment)
    assert found
    assert said in found[0].what


def test_pods_of_every_kind_are_looked_at() -> None:
    deployment = Installation().deployment
    pod = {"spec": {"containers": [{"name": "open"}]}}
    cron = {
        **deployment,
        "kind": "CronJob",
        "spec": {"jobTemplate": {"spec": {"template": pod}}},
    }
    for resource in (
        {**deployment, "kind": "StatefulSet", "spec": {"template": pod}},
        {**deployment, "kind": "Job", "spec": {"template": pod}},
        {**deployment, "kind": "DaemonSet", "spec": {"template": pod}},
        {**deployment, "kind": "Pod", **pod},
        cron,
    ):
        assert unrestricted(resource)
