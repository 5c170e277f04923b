"""A small sound installation, for tests to break one thing of."""

from copy import deepcopy
from typing import Any

from kanvas_k8s.calls import Matrix, read_matrix

MATRIX = """
[workloads.timeline]
namespace = "kanvas"
labels = { "app.kubernetes.io/name" = "timeline" }
ports = { grpc = 9090, ops = 9091 }
calls = ["timeline.grpc", "kafka.clients", "cassandra.clients"]

[workloads.kafka]
namespace = "data"
labels = { "strimzi.io/cluster" = "kanvas" }
ports = { clients = 9092 }
policy = "operator"

[workloads.cassandra]
namespace = "data"
labels = { "cassandra.datastax.com/datacenter" = "dc1" }
ports = { clients = 9042 }
policy = "clients"

[outside.monitoring]
namespace_labels = { "kanvas-role" = "monitoring" }
calls = ["timeline.ops"]
"""

_PROBE = {"httpGet": {"path": "/livez", "port": "ops"}, "timeoutSeconds": 6}
_LABELS = {"app.kubernetes.io/name": "timeline"}

_DEPLOYMENT = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "timeline", "namespace": "kanvas"},
    "spec": {
        "selector": {"matchLabels": _LABELS},
        "template": {
            "metadata": {"labels": _LABELS},
            "spec": {
                "automountServiceAccountToken": False,
                "enableServiceLinks": False,
                "terminationGracePeriodSeconds": 20,
                "securityContext": {
                    "runAsNonRoot": True,
                    "runAsUser": 10001,
                    "seccompProfile": {"type": "RuntimeDefault"},
                },
                "containers": [
                    {
                        "name": "timeline",
                        "image": "kanvas/services",
                        "args": ["kanvas_timeline", "serve"],
                        "envFrom": [{"configMapRef": {"name": "timeline"}}],
                        "env": [
                            {
                                "name": "KANVAS_INSTANCE",
                                "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}},
                            },
                            {
                                "name": "POD_IP",
                                "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}},
                            },
                            {"name": "KANVAS_GRPC_ADVERTISE", "value": "$(POD_IP):9090"},
                        ],
                        "ports": [
                            {"name": "grpc", "containerPort": 9090},
                            {"name": "ops", "containerPort": 9091},
                        ],
                        "startupProbe": _PROBE,
                        "livenessProbe": _PROBE,
                        "readinessProbe": {**_PROBE, "httpGet": {"path": "/readyz", "port": "ops"}},
                        "lifecycle": {"preStop": {"sleep": {"seconds": 5}}},
                        "resources": {
                            "requests": {"cpu": "1", "memory": "1Gi"},
                            "limits": {"memory": "1Gi"},
                        },
                        "securityContext": {
                            "allowPrivilegeEscalation": False,
                            "readOnlyRootFilesystem": True,
                            "capabilities": {"drop": ["ALL"]},
                        },
                    }
                ],
            },
        },
    },
}
_SETTINGS = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "timeline", "namespace": "kanvas"},
    "data": {
        "KANVAS_GRPC_LISTEN": "0.0.0.0:9090",
        "KANVAS_OPS_LISTEN": "0.0.0.0:9091",
        "KANVAS_KAFKA": "kanvas-kafka-bootstrap.data.svc:9092",
        "KANVAS_CASSANDRA": "kanvas-dc1-service.data.svc:9042",
        "KANVAS_DRAIN_SECONDS": "10",
    },
}
_SERVICE = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "timeline", "namespace": "kanvas"},
    "spec": {
        "selector": _LABELS,
        "ports": [{"name": "grpc", "port": 9090, "targetPort": "grpc"}],
    },
}
_KAFKA = {
    "apiVersion": "kafka.strimzi.io/v1",
    "kind": "Kafka",
    "metadata": {"name": "kanvas", "namespace": "data"},
    "spec": {
        "kafka": {
            "listeners": [
                {
                    "name": "clients",
                    "port": 9092,
                    "networkPolicyPeers": [
                        {
                            "namespaceSelector": {
                                "matchLabels": {"kubernetes.io/metadata.name": "kanvas"}
                            },
                            "podSelector": {"matchLabels": _LABELS},
                        }
                    ],
                }
            ]
        }
    },
}
_CASSANDRA = {
    "apiVersion": "cassandra.datastax.com/v1beta1",
    "kind": "CassandraDatacenter",
    "metadata": {"name": "dc1", "namespace": "data"},
    "spec": {"clusterName": "kanvas"},
}


class Installation:
    """Timeline with its Kafka and its Cassandra; a test changes what it is about."""

    def __init__(self) -> None:
        self.deployment: dict[str, Any] = deepcopy(_DEPLOYMENT)
        self.settings: dict[str, Any] = deepcopy(_SETTINGS)
        self.service: dict[str, Any] = deepcopy(_SERVICE)
        self.kafka: dict[str, Any] = deepcopy(_KAFKA)
        self.cassandra: dict[str, Any] = deepcopy(_CASSANDRA)

    @property
    def pod(self) -> dict[str, Any]:
        """The spec of the pod."""
        spec: dict[str, Any] = self.deployment["spec"]["template"]["spec"]
        return spec

    @property
    def container(self) -> dict[str, Any]:
        """The one container."""
        container: dict[str, Any] = self.pod["containers"][0]
        return container

    @property
    def resources(self) -> list[dict[str, Any]]:
        """All resources."""
        return [self.deployment, self.settings, self.service, self.kafka, self.cassandra]


def matrix(text: str = MATRIX) -> Matrix:
    return read_matrix(text)
