"""Whether manifests say what the code reads: settings, ports, addresses, probes, time to drain."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError
from pydantic_settings import SettingsError

from kanvas_gateway.settings import GatewaySettings
from kanvas_imagegen.settings import ImagegenSettings
from kanvas_k8s.calls import Call, Matrix
from kanvas_k8s.resources import Finding, Resource, name_of, of_kind, pod_template
from kanvas_local.triton import MODELS, model_names
from kanvas_platform.settings import ServiceSettings, parse_address
from kanvas_social_graph.settings import SocialGraphSettings
from kanvas_timeline.settings import TimelineSettings

PREFIX = "KANVAS_"
SETTINGS: Mapping[str, type[ServiceSettings]] = {
    "kanvas_gateway": GatewaySettings,
    "kanvas_social_graph": SocialGraphSettings,
    "kanvas_timeline": TimelineSettings,
    "kanvas_imagegen": ImagegenSettings,
}
"""What each program reads of its environment."""

PROBES = {"startupProbe": "/livez", "livenessProbe": "/livez", "readinessProbe": "/readyz"}
"""Where each probe asks, on the ops port."""

SLOW_STOP_SECONDS = 5
"""How long a process may take to end after its drain before it says that it is slow."""

_LISTEN = "_listen"
_CALLED_BY_MIGRATE = ("cassandra",)
_FROM_FIELDS = {"metadata.name": "an-instance-0", "status.podIP": "192.0.2.1"}
"""What a value may be taken from, and what stands there in a pod of the documentation."""
_CASSANDRA_CLIENTS = 9042


@dataclass(frozen=True)
class Process:
    """A process of ours, as manifests start it.

    Attributes:
        resource: What makes its pod.
        pod: The spec of the pod.
        container: Its container.
        program: The module that runs.
        command: What it is told to do.
        environment: Its variables, as far as manifests say them.
    """

    resource: Resource
    pod: Resource
    container: Resource
    program: str
    command: str
    environment: Mapping[str, str]

    @property
    def workload(self) -> str:
        """Return what calls.toml calls it."""
        return str(self.resource["metadata"]["name"])

    def finding(self, what: str) -> Finding:
        """Return a finding about it."""
        return Finding(name_of(self.resource), what)

    def setting(self, field: str) -> str | None:
        """Return what a setting is set to; None where it is not set."""
        return self.environment.get(f"{PREFIX}{field.upper()}")

    def addresses(self) -> dict[str, str]:
        """Return the settings that say where others are, by the name of the field."""
        named = {field: self.setting(field) for field in SETTINGS[self.program].model_fields}
        others = {
            field: value
            for field, value in named.items()
            if value and re.fullmatch(r"[a-z0-9.-]+:\d+", value) and not field.startswith("grpc_")
        }
        if self.command == "migrate":
            return {field: value for field, value in others.items() if field in _CALLED_BY_MIGRATE}
        return {field: value for field, value in others.items() if not field.endswith(_LISTEN)}

    def mounted(self, path: str) -> Resource | None:
        """Return the volume in which a path lies; None where it lies in the image."""
        volumes = {volume["name"]: volume for volume in self.pod.get("volumes", ())}
        for claim in self.resource["spec"].get("volumeClaimTemplates", ()):
            volumes[claim["metadata"]["name"]] = {"persistentVolumeClaim": claim["metadata"]}
        for mount in self.container.get("volumeMounts", ()):
            if PurePosixPath(path).is_relative_to(mount["mountPath"]):
                found: Resource = volumes[mount["name"]]
                return found
        return None


def disagreements(resources: Sequence[Resource], matrix: Matrix) -> list[Finding]:
    """Return where the manifests of an installation and the code disagree."""
    found: list[Finding] = []
    known = known_addresses(resources)
    processes = [process for each in resources for process in processes_of(each, resources)]
    for process in processes:
        found += unread_variables(process)
        found += refused_settings(process)
        found += wrong_folders(process)
        found += wrong_calls(process, known, matrix)
        if process.command == "serve":
            found += wrong_ports(process, matrix)
            found += wrong_probes(process)
            found += short_grace(process)
    for service in of_kind(resources, "Service"):
        found += wrong_service(service, resources)
    for deployment in of_kind(resources, "Deployment"):
        if deployment["metadata"]["name"] == "triton":
            found += wrong_models(deployment, matrix)
    for process in processes:
        for route in of_kind(resources, "HTTPRoute"):
            found += wrong_route(route, process, known)
    for monitor in of_kind(resources, "PodMonitor"):
        found += wrong_monitor(monitor, resources)
    missing = set(SETTINGS) - {process.program for process in processes}
    return found + [Finding(program, "no manifest starts it") for program in sorted(missing)]


def processes_of(resource: Resource, resources: Sequence[Resource]) -> Iterator[Process]:
    """Yield the processes of ours in the pods of a resource."""
    template = pod_template(resource)
    for container in template["spec"]["containers"] if template else ():
        program, *rest = container.get("args", ("", ""))
        if template is not None and program in SETTINGS:
            environment = _environment(container, resources)
            yield Process(resource, template["spec"], container, program, rest[0], environment)


def _environment(container: Resource, resources: Sequence[Resource]) -> dict[str, str]:
    maps = {each["metadata"]["name"]: each["data"] for each in of_kind(resources, "ConfigMap")}
    values: dict[str, str] = {}
    for source in container.get("envFrom", ()):
        if "configMapRef" in source:
            values |= maps[source["configMapRef"]["name"]]
    for variable in container.get("env", ()):
        if "value" in variable:
            values[variable["name"]] = _expanded(variable["value"], values)
        else:
            path = variable["valueFrom"]["fieldRef"]["fieldPath"]
            values[variable["name"]] = _FROM_FIELDS[path]
    return values


def _expanded(text: str, values: Mapping[str, str]) -> str:
    """Return a value with the variables before it in place of `$(NAME)`, as Kubernetes does it."""
    return re.sub(r"\$\((\w+)\)", lambda found: values.get(found[1], found[0]), text)


def unread_variables(process: Process) -> list[Finding]:
    """Return the variables that no code reads: settings ignore what they do not know."""
    read = {f"{PREFIX}{field.upper()}" for field in SETTINGS[process.program].model_fields}
    own = [variable.get("value", "") for variable in process.container.get("env", ())]
    used = {name for value in own for name in re.findall(r"\$\((\w+)\)", value)}
    return [
        process.finding(f"{process.program} does not read {name}")
        for name in process.environment
        if name not in read | used
    ]


def refused_settings(process: Process) -> list[Finding]:
    """Return what the program would say about its settings, and then not start."""
    try:
        with _only(process.environment):
            SETTINGS[process.program]()
    except ValidationError as error:
        return [
            process.finding(f"{PREFIX}{'.'.join(map(str, each['loc'])).upper()}: {each['msg']}")
            for each in error.errors()
            if not _is_about_a_secret(process, each)
        ]
    except SettingsError as error:
        return [process.finding(str(error))]
    return []


def _is_about_a_secret(process: Process, error: Any) -> bool:
    """Return whether a file is missing here that a pod gets from a secret."""
    path = process.setting(str(error["loc"][0])) or ""
    volume = process.mounted(path) if path.startswith("/") else None
    return volume is not None and "secret" in volume


@contextmanager
def _only(environment: Mapping[str, str]) -> Iterator[None]:
    """Have no other variables than these for a while."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def wrong_folders(process: Process) -> list[Finding]:
    """Return the folders to write to that lie in no volume, and a bucket without credentials."""
    found = []
    state = process.setting("state_folder")
    stores = [urlsplit(process.setting(name) or "") for name in ("media_url", "exports_url")]
    for folder in (state, *(store.path for store in stores if store.scheme == "file")):
        volume = process.mounted(folder) if folder else None
        if folder and (volume is None or "persistentVolumeClaim" not in volume):
            found.append(process.finding(f"{folder} lies in no persistent volume"))
    secrets = any("secretRef" in source for source in process.container.get("envFrom", ()))
    if any(store.scheme not in ("", "file") for store in stores) and not secrets:
        found.append(process.finding("it is given no credentials of the bucket"))
    return found


def known_addresses(resources: Sequence[Resource]) -> dict[str, tuple[str, str]]:
    """Return what answers at each address: a workload of calls.toml, and its port."""
    found = {}
    for service in of_kind(resources, "Service"):
        name, namespace = service["metadata"]["name"], service["metadata"]["namespace"]
        for port in service["spec"]["ports"]:
            for host in (name, f"{name}.{namespace}.svc"):
                found[f"{host}:{port['port']}"] = (name, port["name"])
    for kafka in of_kind(resources, "Kafka"):
        host = f"{kafka['metadata']['name']}-kafka-bootstrap.{kafka['metadata']['namespace']}.svc"
        for listener in kafka["spec"]["kafka"]["listeners"]:
            found[f"{host}:{listener['port']}"] = ("kafka", listener["name"])
    for datacenter in of_kind(resources, "CassandraDatacenter"):
        metadata, cluster = datacenter["metadata"], datacenter["spec"]["clusterName"]
        host = f"{cluster}-{metadata['name']}-service.{metadata['namespace']}.svc"
        found[f"{host}:{_CASSANDRA_CLIENTS}"] = ("cassandra", "clients")
    return found


def wrong_calls(
    process: Process, known: Mapping[str, tuple[str, str]], matrix: Matrix
) -> list[Finding]:
    """Return the addresses where nothing answers, and calls that differ from calls.toml."""
    addresses = process.addresses()
    found = [
        process.finding(f"{PREFIX}{field.upper()}: nothing answers at {address}")
        for field, address in addresses.items()
        if address not in known
    ]
    made = {Call(process.workload, *known[each]) for each in addresses.values() if each in known}
    if process.setting("grpc_advertise"):
        made.add(Call(process.workload, process.workload, "grpc"))
    allowed = {call for call in matrix.calls() if call.caller == process.workload}
    found += [
        process.finding(f"it calls {each.called}.{each.port}, and calls.toml does not let it")
        for each in sorted(made - allowed)
    ]
    found += [
        process.finding(f"it does not call {each.called}.{each.port}, and calls.toml lets it")
        for each in sorted(allowed - made)
    ]
    return found


def wrong_ports(process: Process, matrix: Matrix) -> list[Finding]:
    """Return how its ports differ from where it listens, and from calls.toml."""
    listens = {
        field.removesuffix(_LISTEN): parse_address(address)[1]
        for field in SETTINGS[process.program].model_fields
        if field.endswith(_LISTEN) and (address := process.setting(field))
    }
    ports = {port["name"]: port["containerPort"] for port in process.container["ports"]}
    told = dict(matrix.workloads[process.workload].ports)
    return [
        process.finding(f"it listens on {listens}, and {where} say {say}")
        for where, say in (("its ports", ports), ("those of calls.toml", told))
        if say != listens
    ]


def wrong_probes(process: Process) -> list[Finding]:
    """Return the probes that ask where nothing answers, or that give up too early."""
    found = []
    for kind, path in PROBES.items():
        probe = process.container.get(kind, {})
        if probe.get("httpGet") != {"path": path, "port": "ops"}:
            found.append(process.finding(f"{kind} must ask the ops port for {path}"))
        # The ops port itself waits 5 s for a busy loop before it says no.
        elif probe.get("timeoutSeconds", 1) <= 5:
            found.append(process.finding(f"{kind} must wait longer than 5 s"))
    return found


def short_grace(process: Process) -> list[Finding]:
    """Return whether the process is killed before it can have drained."""
    drain = float(process.setting("drain_seconds") or "nan")
    sleep = process.container["lifecycle"]["preStop"]["sleep"]["seconds"]
    needed = sleep + drain + SLOW_STOP_SECONDS
    grace = process.pod["terminationGracePeriodSeconds"]
    if grace >= needed:
        return []
    return [process.finding(f"it may need {needed} s to end, and has {grace}")]


def wrong_service(service: Resource, resources: Sequence[Resource]) -> list[Finding]:
    """Return whether a service leads to no pods, or to ports that these do not have."""
    templates = [template for each in resources if (template := pod_template(each))]
    selector = service["spec"]["selector"].items()
    pods = [each for each in templates if selector <= each["metadata"]["labels"].items()]
    if not pods:
        return [Finding(name_of(service), "no pods have the labels that it selects")]
    ports = {
        port["name"]: port["containerPort"]
        for pod in pods
        for container in pod["spec"]["containers"]
        for port in container["ports"]
    }
    return [
        Finding(name_of(service), f"the pods have no port {port['targetPort']} of that number")
        for port in service["spec"]["ports"]
        if ports.get(port["targetPort"]) != port["port"]
    ]


def wrong_route(
    route: Resource, process: Process, known: Mapping[str, tuple[str, str]]
) -> list[Finding]:
    """Return how a route differs from where the gateway says that its live stream is found."""
    public = process.setting("stream_public_url")
    if public is None:
        return []
    parts = urlsplit(public)
    rules = [
        (match["path"]["type"], match["path"]["value"], f"{to['name']}:{to['port']}")
        for rule in route["spec"]["rules"]
        for match in rule["matches"]
        for to in rule["backendRefs"]
    ]
    found = [f"nothing answers at {to}" for _, _, to in rules if to not in known]
    if parts.hostname not in route["spec"]["hostnames"]:
        found.append(f"it is not for {parts.hostname}, where pages look for the stream")
    stream = [to for kind, path, to in rules if (kind, path) == ("Exact", parts.path)]
    if [known.get(to) for to in stream] != [(process.workload, "stream")]:
        found.append(f"{parts.path} must lead to the port of the stream")
    return [Finding(name_of(route), what) for what in found]


def wrong_monitor(monitor: Resource, resources: Sequence[Resource]) -> list[Finding]:
    """Return the ports that Prometheus is to ask and that no pod has."""
    selector = monitor["spec"]["selector"]["matchLabels"].items()
    ports = {
        port["name"]
        for each in resources
        if (template := pod_template(each)) and selector <= template["metadata"]["labels"].items()
        for container in template["spec"]["containers"]
        for port in container.get("ports", ())
    }
    return [
        Finding(name_of(monitor), f"no pod has a port {endpoint['port']}")
        for endpoint in monitor["spec"]["podMetricsEndpoints"]
        if endpoint["port"] not in ports
    ]


def wrong_models(triton: Resource, matrix: Matrix) -> list[Finding]:
    """Return how the models and ports of Triton differ from the repository and calls.toml."""
    (container,) = triton["spec"]["template"]["spec"]["containers"]
    wanted = model_names(MODELS)
    loaded = [
        argument.removeprefix("--load-model=")
        for argument in container["args"]
        if argument.startswith("--load-model=")
    ]
    found = []
    if loaded != wanted:
        found.append(f"it loads {loaded}, and the repository has {wanted}")
    if f"-ge {len(wanted)}" not in container["livenessProbe"]["exec"]["command"][-1]:
        found.append(f"the liveness probe must count {len(wanted)} processes of models")
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    if ports != matrix.workloads["triton"].ports:
        found.append("its ports are not those of calls.toml")
    return [Finding(name_of(triton), what) for what in found]
