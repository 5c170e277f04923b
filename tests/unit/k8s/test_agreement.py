"""What manifests say and no code reads, or code reads and no manifest says, is found."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from kanvas_k8s.agreement import Process, disagreements, wrong_monitor, wrong_route
from kanvas_k8s.resources import Finding
from tests.unit.k8s.installations import MATRIX, Installation, matrix

Change = Callable[[Installation], object]


def found_in(installation: Installation, calls: str = MATRIX) -> list[Finding]:
    found = disagreements(installation.resources, matrix(calls))
    return [each for each in found if each.what != "no manifest starts it"]


def test_an_installation_that_agrees_is_sound() -> None:
    assert found_in(Installation()) == []


def test_a_service_that_no_manifest_starts_is_missed() -> None:
    installation = Installation()
    missing = {
        each.where
        for each in disagreements(installation.resources, matrix())
        if each.what == "no manifest starts it"
    }
    assert missing == {"kanvas_gateway", "kanvas_imagegen", "kanvas_social_graph"}


def settings(**values: str) -> Change:
    return lambda installation: installation.settings["data"].update(
        {f"KANVAS_{name}": value for name, value in values.items()}
    )


def without(name: str) -> Change:
    return lambda installation: installation.settings["data"].pop(name)


def container(**fields: object) -> Change:
    return lambda installation: installation.container.update(fields)


def probe(**fields: object) -> Change:
    return lambda installation: installation.container.update(
        livenessProbe={**installation.container["livenessProbe"], **fields}
    )


def service_port(**fields: object) -> Change:
    return lambda installation: installation.service["spec"]["ports"][0].update(fields)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (settings(KAFKA_TLS="true"), "does not read KANVAS_KAFKA_TLS"),
        (settings(LOG_LEVEL="loud"), "KANVAS_LOG_LEVEL"),
        (settings(CASSANDRA_REPLICATION="{"), "cassandra_replication"),
        (without("KANVAS_KAFKA"), "KANVAS_KAFKA: Field required"),
        (settings(KAFKA="kafka:9092"), "nothing answers at kafka:9092"),
        (settings(KAFKA="kanvas-kafka-bootstrap.data.svc:9093"), "nothing answers at"),
        (settings(OPS_LISTEN="0.0.0.0:9092"), "it listens on"),
        (settings(DRAIN_SECONDS="11"), "it may need 21.0 s to end, and has 20"),
        (container(ports=[{"name": "grpc", "containerPort": 9090}]), "it listens on"),
        (probe(httpGet={"path": "/healthz", "port": "ops"}), "must ask the ops port for /livez"),
        (probe(httpGet={"path": "/livez", "port": "grpc"}), "must ask the ops port for /livez"),
        (probe(timeoutSeconds=1), "must wait longer than 5 s"),
        (container(readinessProbe={}), "readinessProbe must ask the ops port for /readyz"),
        (service_port(port=9099), "no port grpc of that number"),
        (service_port(targetPort="http"), "no port http of that number"),
    ],
)
def test_a_disagreement_is_said(change: Change, said: str) -> None:
    installation = Installation()
    change(installation)
    assert any(said in each.what for each in found_in(installation))


def test_a_service_that_selects_nothing_is_said() -> None:
    installation = Installation()
    installation.service["spec"]["selector"] = {"app.kubernetes.io/name": "timelines"}
    assert [each.what for each in found_in(installation)] == [
        "no pods have the labels that it selects"
    ]


ROUTE = {
    "kind": "HTTPRoute",
    "metadata": {"name": "kanvas", "namespace": "kanvas"},
    "spec": {
        "hostnames": ["kanvas.example.org"],
        "rules": [
            {
                "matches": [{"path": {"type": "Exact", "value": "/v1/stream"}}],
                "backendRefs": [{"name": "gateway", "port": 8081}],
            },
            {
                "matches": [{"path": {"type": "PathPrefix", "value": "/"}}],
                "backendRefs": [{"name": "gateway", "port": 8080}],
            },
        ],
    },
}
ANSWERING = {"gateway:8080": ("gateway", "http"), "gateway:8081": ("gateway", "stream")}


@pytest.mark.parametrize(
    ("public", "answering", "said"),
    [
        ("wss://kanvas.example.org/v1/stream", ANSWERING, []),
        ("wss://other.example.org/v1/stream", ANSWERING, ["it is not for other.example.org"]),
        ("wss://kanvas.example.org/stream", ANSWERING, ["/stream must lead to"]),
        (
            "wss://kanvas.example.org/v1/stream",
            {"gateway:8080": ("gateway", "http")},
            ["nothing answers at gateway:8081", "/v1/stream must lead to"],
        ),
    ],
)
def test_a_route_leads_where_the_gateway_sends_pages(
    public: str, answering: Mapping[str, tuple[str, str]], said: list[str]
) -> None:
    gateway = Process(
        resource={"kind": "Deployment", "metadata": {"name": "gateway"}},
        pod={},
        container={},
        program="kanvas_gateway",
        command="serve",
        environment={"KANVAS_STREAM_PUBLIC_URL": public},
    )
    found = [each.what for each in wrong_route(ROUTE, gateway, answering)]
    assert len(found) == len(said)
    assert all(whole.startswith(part) for whole, part in zip(found, said, strict=True))


def test_prometheus_asks_ports_that_pods_have() -> None:
    def monitor(port: str) -> dict[str, Any]:
        labels = {"app.kubernetes.io/name": "timeline"}
        return {
            "kind": "PodMonitor",
            "metadata": {"name": "kanvas"},
            "spec": {
                "selector": {"matchLabels": labels},
                "podMetricsEndpoints": [{"port": port}],
            },
        }

    resources = Installation().resources
    assert wrong_monitor(monitor("ops"), resources) == []
    assert [each.what for each in wrong_monitor(monitor("http"), resources)] == [
        "no pod has a port http"
    ]


def test_calls_that_the_matrix_forbids_and_those_that_nobody_makes_are_said() -> None:
    fewer = MATRIX.replace(', "cassandra.clients"]', "]")
    assert [each.what for each in found_in(Installation(), fewer)] == [
        "it calls cassandra.clients, and calls.toml does not let it"
    ]
    alone = Installation()
    alone.container["env"] = alone.container["env"][:1]
    assert [each.what for each in found_in(alone)] == [
        "it does not call timeline.grpc, and calls.toml lets it"
    ]
