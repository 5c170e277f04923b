"""Custom resources of npm packages are judged strictly."""

from collections.abc import Mapping
from typing import Any

import pytest

from kanvas_k8s.kinds import PACKAGES, Judge, install_judge
from kanvas_local.progress import ProgressLines

pytestmark = pytest.mark.long(seconds=15)


@pytest.fixture(scope="module")
def judge() -> Judge:
    return install_judge(ProgressLines(quiet=True))


def resource(api: str, kind: str, **spec: object) -> Mapping[str, Any]:
    return {"apiVersion": api, "kind": kind, "metadata": {"name": "one"}, "spec": spec}


KEDA = "keda.sh/v1alpha1"
TRIGGER = {"type": "prometheus", "metadata": {"query": "up"}}
TARGET = {"name": "gateway"}
STORE = {"name": "vault"}
SOUND = {
    "keda.sh": resource(KEDA, "ScaledObject", scaleTargetRef=TARGET, triggers=[TRIGGER]),
    "monitoring.coreos.com": resource(
        "monitoring.coreos.com/v1", "PodMonitor", selector={}, podMetricsEndpoints=[{"port": "ops"}]
    ),
    "gateway.networking.k8s.io": resource(
        "gateway.networking.k8s.io/v1",
        "HTTPRoute",
        rules=[{"backendRefs": [{"name": "gateway", "port": 8080}]}],
    ),
    "external-secrets.io": resource(
        "external-secrets.io/v1", "ExternalSecret", secretStoreRef=STORE
    ),
}


def test_each_group_is_judged_by_its_package_and_what_is_wrong_is_told_of_whom(
    judge: Judge,
) -> None:
    assert set(SOUND) == set(PACKAGES)
    assert judge.errors(list(SOUND.values())) == []
    misspelt = [
        {**each, "metadata": {"name": group}, "spec": {**each["spec"], "sise": 1}}
        for group, each in SOUND.items()
    ]
    found = judge.errors(misspelt)
    assert [each.where.partition(" ")[2] for each in found] == list(SOUND)
    assert all("'\"sise\"' does not exist" in each.what for each in found)


def test_types_and_what_is_required_are_judged_and_so_are_unknown_kinds(judge: Judge) -> None:
    wrong = [
        resource(KEDA, "ScaledObject", scaleTargetRef=TARGET),
        resource(
            KEDA, "ScaledObject", scaleTargetRef=TARGET, triggers=[TRIGGER], maxReplicaCount="1"
        ),
        resource(KEDA, "ScaledThing"),
    ]
    assert [each.what for each in judge.errors(wrong)] == [
        "data/spec must have required property triggers",
        "data/spec/maxReplicaCount must be integer",
        "ScaledThing of keda.sh/v1alpha1 is in no package",
    ]
