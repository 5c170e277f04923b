"""The ports of one stack, all at fixed offsets from its base port."""

from __future__ import annotations

from dataclasses import dataclass

HOST = "127.0.0.1"

_SERVICE_OFFSETS = {"gateway": 20, "social-graph": 24, "timeline": 28, "imagegen": 32}


@dataclass(frozen=True)
class Ports:
    """Offsets are part of the documentation (docs/local-stack.md): keep them stable."""

    base: int

    @property
    def kafka(self) -> int:
        """Kafka's clients."""
        return self.base + 10

    @property
    def kafka_controller(self) -> int:
        """Kafka's own quorum."""
        return self.base + 11

    @property
    def cassandra(self) -> int:
        """Cassandra's native protocol."""
        return self.base + 12

    @property
    def cassandra_storage(self) -> int:
        """Cassandra's gossip."""
        return self.base + 13

    @property
    def cassandra_jmx(self) -> int:
        """Cassandra's management interface."""
        return self.base + 14

    @property
    def triton_http(self) -> int:
        """Triton over HTTP (readiness)."""
        return self.base + 15

    @property
    def triton_grpc(self) -> int:
        """Triton over gRPC (the services)."""
        return self.base + 16

    @property
    def triton_metrics(self) -> int:
        """Triton's metrics."""
        return self.base + 17

    def http(self, instance: int) -> int:
        """Return the port of REST and the page of gateway `instance` (1 or 2)."""
        return self.base + 2 * (instance - 1)

    def stream(self, instance: int) -> int:
        """Return the port of the live stream of gateway `instance` (1 or 2)."""
        return self.http(instance) + 1

    def grpc(self, service: str, instance: int) -> int:
        """Return the port where `service` answers gRPC."""
        return self.base + _SERVICE_OFFSETS[service] + 2 * (instance - 1)

    def ops(self, service: str, instance: int) -> int:
        """Return the port where `service` answers /livez, /readyz and /metrics."""
        return self.grpc(service, instance) + 1


def address(port: int) -> str:
    """Return `port` on loopback, as host:port."""
    return f"{HOST}:{port}"
