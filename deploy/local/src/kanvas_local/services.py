"""Kanvas's own processes: every instance of every service, and the tasks they wait for."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from kanvas_local.layout import REPOSITORY, Layout
from kanvas_local.page import DIST, WEB
from kanvas_local.ports import Ports, address
from kanvas_local.units import Unit
from kanvas_local.versions import digest_of

_DRAIN_SECONDS = 5
_NEEDS = {
    "social-graph": ("topics",),
    "timeline": ("topics",),
    "imagegen": ("topics",),
    "gateway": ("topics", "page"),
}
_BESIDE = {"timeline": ("cassandra", "schema"), "imagegen": ("triton",)}
"""What a service waits for by itself: timeline decides and answers what is recent without its
views; no job is taken before the model has painted."""
SERVICES = tuple(_NEEDS)
LATER = ("cassandra", "schema")
"""What people can do without for some seconds: posts older than timeline's memory come from it. On
two cores its start would take as long as that of all services together."""
USABLE = ("gateway-1",)
"""What is ready once people can use Kanvas."""


@dataclass(frozen=True)
class Services:
    """How to run the services in one stack."""

    layout: Layout
    ports: Ports
    instances: int

    def units(self) -> list[Unit]:
        """Return the tasks and `instances` of each service."""
        return [
            _each_time(
                self._task(
                    "topics", ("kafka",), "kanvas_local.topics", {}, address(self.ports.kafka)
                )
            ),
            self._task("page", (), "kanvas_local", {}, "page", sources=(WEB,)),
            _each_time(
                self._task(
                    "schema",
                    ("cassandra",),
                    "kanvas_timeline",
                    self._environment("timeline", 1),
                    "migrate",
                    sources=_sources("timeline"),
                )
            ),
            *(
                self._service(name, instance)
                for name in SERVICES
                for instance in range(1, self.instances + 1)
            ),
        ]

    def _task(
        self,
        name: str,
        needs: tuple[str, ...],
        module: str,
        environment: Mapping[str, str],
        *command: str,
        sources: tuple[Path, ...] = (),
    ) -> Unit:
        return Unit(
            name=name,
            kind="task",
            argv=(sys.executable, "-m", module, *command),
            env=environment,
            needs=needs,
            version=digest_of(*sources),
        )

    def _service(self, name: str, instance: int) -> Unit:
        ports = [self.ports.grpc(name, instance), self.ports.ops(name, instance)]
        if name == "gateway":
            ports += [self.ports.http(instance), self.ports.stream(instance)]
        return Unit(
            name=f"{name}-{instance}",
            argv=(sys.executable, "-m", f"kanvas_{name.replace('-', '_')}", "serve"),
            env=self._environment(name, instance),
            needs=_NEEDS[name],
            beside=_BESIDE.get(name, ()),
            probe=f"http:{address(self.ports.ops(name, instance))}/readyz",
            ports=tuple(ports),
            stop_seconds=_DRAIN_SECONDS + 5,
            stop_rank=0 if name == "gateway" else 1,
            version=digest_of(*_sources(name)),
        )

    def _environment(self, name: str, instance: int) -> dict[str, str]:
        own: Mapping[str, Callable[[int], dict[str, str]]] = {
            "social-graph": self._social_graph,
            "timeline": self._timeline,
            "imagegen": self._imagegen,
            "gateway": self._gateway,
        }
        shared = {
            "INSTANCE": f"{name}-{instance}",
            "GRPC_LISTEN": address(self.ports.grpc(name, instance)),
            "OPS_LISTEN": address(self.ports.ops(name, instance)),
            "KAFKA": address(self.ports.kafka),
            "LOG_LEVEL": "info",
            "DRAIN_SECONDS": str(_DRAIN_SECONDS),
        }
        settings = shared | (own[name](instance) if name in own else {})
        return {f"KANVAS_{key}": value for key, value in settings.items()}

    def _social_graph(self, instance: int) -> dict[str, str]:
        return {
            **self._kept_state(f"social-graph-{instance}"),
            "HANDLE_KEY_FILE": str(self.layout.handle_key),
            "TIMELINE_TARGETS": self._targets("timeline"),
            "IMAGEGEN_TARGETS": self._targets("imagegen"),
            "MEDIA_URL": self.layout.media.as_uri(),
            "EXPORTS_URL": self.layout.exports.as_uri(),
        }

    def _kept_state(self, unit: str) -> dict[str, str]:
        return {
            "STATE_FOLDER": str(self.layout.data / unit),
            # Nothing here is worth more than a start: Kafka's data may have been removed, and the
            # folder be on a network file system.
            "STATE_REBUILD": "true",
        }

    def _timeline(self, instance: int) -> dict[str, str]:
        return {
            **self._kept_state(f"timeline-{instance}"),
            "CASSANDRA": address(self.ports.cassandra),
        }

    def _imagegen(self, instance: int) -> dict[str, str]:
        return {
            **self._kept_state(f"imagegen-{instance}"),
            "TRITON_GRPC": address(self.ports.triton_grpc),
            "MEDIA_URL": self.layout.media.as_uri(),
            "SOCIAL_GRAPH_TARGETS": self._targets("social-graph"),
            "TIMELINE_TARGETS": self._targets("timeline"),
            "WORKERS": "1",
        }

    def _gateway(self, instance: int) -> dict[str, str]:
        return {
            "HTTP_LISTEN": address(self.ports.http(instance)),
            "STREAM_LISTEN": address(self.ports.stream(instance)),
            "STREAM_PUBLIC_URL": f"ws://{address(self.ports.stream(instance))}/v1/stream",
            "SOCIAL_GRAPH_TARGETS": self._targets("social-graph"),
            "TIMELINE_TARGETS": self._targets("timeline"),
            "IMAGEGEN_TARGETS": self._targets("imagegen"),
            "MEDIA_URL": self.layout.media.as_uri(),
            "EXPORTS_URL": self.layout.exports.as_uri(),
            "TOKEN_KEY_FILE": str(self.layout.token_key),
            "WEB_ROOT": str(DIST),
            # Demos, mishaps, benches and tests write more than any person, and come from here.
            "EXEMPT_NETWORKS": "127.0.0.0/8,::1",
        }

    def _targets(self, name: str) -> str:
        instances = range(1, self.instances + 1)
        return ",".join(address(self.ports.grpc(name, instance)) for instance in instances)


def _each_time(task: Unit) -> Unit:
    """Return the task as one that is run by every start, also of a stack that runs already.

    For tasks that are quick and find nothing to do where nothing is missing: what they made may
    have been lost with a server's data.
    """
    return replace(task, version=f"{task.version}-{time.time_ns()}")


def _sources(name: str) -> tuple[Path, ...]:
    """Return what the processes of a service read of this repository when they start."""
    libraries = (REPOSITORY / "libs/platform/src", REPOSITORY / "libs/protos/src")
    page = (WEB,) if name == "gateway" else ()
    return (REPOSITORY / f"services/{name}/src", *libraries, *page)
