"""Who may call what, as deploy/k8s/calls.toml says it, and the network policies that follow."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, model_validator

from kanvas_k8s.resources import K8S, Finding, Resource, name_of, of_kind

FILE = K8S / "calls.toml"

_NAMESPACE = "kubernetes.io/metadata.name"
_DNS = {
    "to": [
        {
            "namespaceSelector": {"matchLabels": {_NAMESPACE: "kube-system"}},
            "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
        }
    ],
    "ports": [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}],
}


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Workload(_Table):
    """What runs in pods of one kind; calls.toml says what each field means."""

    namespace: str
    labels: Mapping[str, str]
    ports: Mapping[str, int] = {}
    calls: Sequence[str] = ()
    policy: Literal["whole", "clients", "operator"] = "whole"

    @property
    def peer(self) -> Resource:
        """Return its pods, as a network policy names them."""
        return {
            "namespaceSelector": {"matchLabels": {_NAMESPACE: self.namespace}},
            "podSelector": {"matchLabels": dict(self.labels)},
        }


class Outside(_Table):
    """What is no part of Kanvas and may call it: all pods of some namespaces."""

    namespace_labels: Mapping[str, str]
    calls: Sequence[str]

    @property
    def peer(self) -> Resource:
        """Return its pods, as a network policy names them."""
        return {"namespaceSelector": {"matchLabels": dict(self.namespace_labels)}}


@dataclass(frozen=True, order=True)
class Call:
    """A caller may open connections to a port of a workload."""

    caller: str
    called: str
    port: str


class Matrix(_Table):
    """All of deploy/k8s/calls.toml."""

    workloads: Mapping[str, Workload]
    outside: Mapping[str, Outside]

    @model_validator(mode="after")
    def _ports_are_known(self) -> Matrix:
        for call in self.calls():
            if call.port not in getattr(self.workloads.get(call.called), "ports", ()):
                raise ValueError(f"{call.caller} calls {call.called}.{call.port}: there is none")
        return self

    @property
    def callers(self) -> Mapping[str, Workload | Outside]:
        """Return all that may call, by name."""
        return {**self.workloads, **self.outside}

    def calls(self) -> Iterator[Call]:
        """Yield every call that is allowed."""
        for name, caller in self.callers.items():
            for called in caller.calls:
                workload, _, port = called.partition(".")
                yield Call(name, workload, port)

    def callers_of(self, workload: str, port: str) -> list[Resource]:
        """Return who may call a port, as a network policy names them."""
        names = {
            call.caller for call in self.calls() if (call.called, call.port) == (workload, port)
        }
        return [self.callers[name].peer for name in sorted(names)]


def read_matrix(text: str) -> Matrix:
    """Return what a text like calls.toml says.

    Raises:
        ValueError: It has an unknown or a missing key, or names what it does not define.
    """
    return Matrix.model_validate(tomllib.loads(text))


def policies(matrix: Matrix) -> list[Resource]:
    """Return the network policies that allow what the matrix allows, and nothing else."""
    closed = sorted({each.namespace for each in _with(matrix, "whole").values()})
    return [
        *(_policy("nothing", namespace, {}, {"Ingress": [], "Egress": []}) for namespace in closed),
        *(
            _policy(
                name,
                each.namespace,
                {"matchLabels": dict(each.labels)},
                {"Ingress": _ingress(matrix, name), "Egress": [*_egress(matrix, name), _DNS]},
            )
            for name, each in _with(matrix, "whole").items()
        ),
        *(
            _policy(
                f"{name}-clients",
                each.namespace,
                {"matchLabels": dict(each.labels)},
                {"Ingress": _ingress(matrix, name)},
            )
            for name, each in _with(matrix, "clients").items()
        ),
    ]


def _with(matrix: Matrix, policy: str) -> dict[str, Workload]:
    return {name: each for name, each in matrix.workloads.items() if each.policy == policy}


def _policy(
    name: str, namespace: str, pods: Resource, rules: Mapping[str, list[Resource]]
) -> Resource:
    """Return a policy; a direction that has no rules lets nothing through."""
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "podSelector": pods,
            "policyTypes": list(rules),
            **{direction.lower(): allowed for direction, allowed in rules.items() if allowed},
        },
    }


def _ingress(matrix: Matrix, name: str) -> list[Resource]:
    return [
        {"from": callers, "ports": [{"protocol": "TCP", "port": number}]}
        for port, number in matrix.workloads[name].ports.items()
        if (callers := matrix.callers_of(name, port))
    ]


def _egress(matrix: Matrix, name: str) -> list[Resource]:
    return [
        {
            "to": [matrix.workloads[call.called].peer],
            "ports": [{"protocol": "TCP", "port": matrix.workloads[call.called].ports[call.port]}],
        }
        for call in sorted(matrix.calls())
        if call.caller == name
    ]


def listeners_differ(resources: Sequence[Resource], matrix: Matrix) -> list[Finding]:
    """Return where a listener of Kafka lets others in than the matrix says.

    Kafka's operator writes the network policy of a listener from the listener's peers.
    """
    return [
        Finding(name_of(kafka), f"listener {listener['name']} differs from calls.toml")
        for kafka in of_kind(resources, "Kafka")
        for listener in kafka["spec"]["kafka"]["listeners"]
        if listener.get("networkPolicyPeers") != matrix.callers_of("kafka", listener["name"])
        or listener["port"] != matrix.workloads["kafka"].ports[listener["name"]]
    ]
