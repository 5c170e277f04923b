"""Network policies let through what calls.toml says, and nothing else."""

from collections.abc import Sequence
from typing import Any

import pytest

from kanvas_k8s.calls import FILE, Call, Matrix, listeners_differ, policies, read_matrix
from kanvas_k8s.resources import Resource
from tests.unit.k8s.installations import MATRIX, Installation, matrix


def lets_through(policy: Resource, direction: str, peer: Resource, port: int) -> bool:
    rules: Sequence[Any] = policy["spec"].get(direction, ())
    side = "from" if direction == "ingress" else "to"
    return any(
        peer in rule[side] and {"protocol": "TCP", "port": port} in rule["ports"] for rule in rules
    )


def reachable(matrix: Matrix, call: Call) -> bool:
    """Return whether the policies at both ends let a call through."""
    written = {policy["metadata"]["name"]: policy for policy in policies(matrix)}
    caller, called = matrix.callers[call.caller], matrix.workloads[call.called]
    port = called.ports[call.port]
    # Whoever is outside has no policy of ours, and Kafka's operator writes that of Kafka.
    way_out = written.get(call.caller)
    entrance = written.get(call.called) or written.get(f"{call.called}-clients")
    out = way_out is None or lets_through(way_out, "egress", called.peer, port)
    return out and (entrance is None or lets_through(entrance, "ingress", caller.peer, port))


def test_exactly_the_calls_of_the_matrix_get_through() -> None:
    ours = read_matrix(FILE.read_text())
    inside = {name for name, each in ours.workloads.items() if each.policy == "whole"}
    every = {
        Call(caller, called, port)
        for caller in inside | set(ours.outside)
        for called, workload in ours.workloads.items()
        if caller in inside or workload.policy != "operator"
        for port in workload.ports
    }
    assert {call for call in every if reachable(ours, call)} == set(ours.calls())


def test_where_nothing_is_said_nothing_gets_through() -> None:
    (nothing,) = (each for each in policies(matrix()) if each["metadata"]["name"] == "nothing")
    assert nothing["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    for policy in policies(matrix()):
        for rule in policy["spec"].get("ingress", ()):
            assert rule["from"]
            assert rule["ports"]


@pytest.mark.parametrize("call", ["kafka.nothing", "nobody.grpc", "kafka"])
def test_a_call_of_what_is_not_there_is_refused(call: str) -> None:
    with pytest.raises(ValueError, match=r"monitoring calls .*: there is none"):
        read_matrix(MATRIX.replace('"timeline.ops"', f'"{call}"'))


def test_a_listener_of_kafka_lets_in_those_whom_the_matrix_names() -> None:
    installation = Installation()
    assert listeners_differ(installation.resources, matrix()) == []
    (listener,) = installation.kafka["spec"]["kafka"]["listeners"]
    del listener["networkPolicyPeers"]  # which lets everybody in
    assert listeners_differ(installation.resources, matrix())
