"""The manifests themselves, as far as they can be judged without Kustomize."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from kanvas_gateway.metrics import stream_connections
from kanvas_gateway.settings import GatewaySettings
from kanvas_k8s.agreement import PROBES
from kanvas_k8s.calls import FILE, read_matrix
from kanvas_k8s.rendering import ALTERNATIVES, OPTIONS, combination, combinations, overlays
from kanvas_k8s.resources import K8S, read_resources
from kanvas_k8s.writing import generated, topics
from kanvas_local.layout import REPOSITORY
from kanvas_local.page import NPM_CI
from kanvas_local.topic_catalogue import topic_catalogue
from kanvas_platform import ops

GENERATED = generated()


@pytest.mark.parametrize("file", GENERATED, ids=lambda file: str(file.relative_to(K8S)))
def test_what_is_written_is_what_its_sources_say(file: Path) -> None:
    assert file.read_text() == GENERATED[file]


def test_every_topic_of_the_catalogue_is_made_as_its_deployment_says() -> None:
    catalogue = topic_catalogue()
    made = {topic["metadata"]["name"]: topic["spec"] for topic in topics(catalogue, "production")}
    assert set(made) == set(catalogue.topics)
    for name, spec in made.items():
        assert spec["partitions"] == catalogue.topics[name].partitions
        assert (spec["replicas"], spec["config"]["min.insync.replicas"]) == (3, "2")


def test_kafka_on_three_brokers_loses_nothing_with_one_of_them() -> None:
    (kafka,) = read_resources((K8S / "components/kafka-three-brokers/copies.yaml").read_text())
    config = kafka["spec"]["kafka"]["config"]
    replicas = {value for key, value in config.items() if key.endswith("replication.factor")}
    least = {value for key, value in config.items() if key.endswith(("min.isr", "insync.replicas"))}
    assert (replicas, least) == ({3}, {2})
    (base,) = read_resources((K8S / "base/kafka/kafka.yaml").read_text())
    assert base["spec"]["kafka"]["config"]["unclean.leader.election.enable"] is False


def memory(text: str) -> int:
    """Return the bytes of a text such as `2Gi` of Kubernetes, or `800m` of Java."""
    unit = text.lstrip("0123456789")
    return int(text.removesuffix(unit)) * {"m": 2**20, "Mi": 2**20, "Gi": 2**30}[unit]


@pytest.mark.parametrize("file", ["cassandra-one-node/node", "cassandra-three-racks/racks"])
def test_the_heap_of_cassandra_is_half_of_its_limit_at_most(file: str) -> None:
    (cassandra,) = read_resources((K8S / f"components/{file}.yaml").read_text())
    options = cassandra["spec"]["config"]["jvm-server-options"]
    assert options["initial_heap_size"] == options["max_heap_size"]
    limit = cassandra["spec"]["resources"]["limits"]["memory"]
    assert memory(options["max_heap_size"]) <= memory(limit) / 2


@pytest.mark.parametrize("component", ["kafka-one-broker", "kafka-three-brokers"])
def test_every_node_of_kafka_has_memory_of_its_own(component: str) -> None:
    pools = read_resources((K8S / f"components/{component}/nodes.yaml").read_text())
    for pool in pools:
        resources = pool["spec"]["resources"]
        assert {"cpu", "memory"} <= set(resources["requests"])
        assert memory(resources["requests"]["memory"]) <= memory(resources["limits"]["memory"])


def test_who_is_outside_is_no_client_of_kafka_and_cassandra() -> None:
    (data,) = read_resources((K8S / "base/network/data.yaml").read_text())
    workloads = read_matrix(FILE.read_text()).workloads.values()
    clients = {port for each in workloads if each.policy != "whole" for port in each.ports.values()}
    assert clients == {9042, 9092}
    for rule in data["spec"]["ingress"]:
        if any("namespaceSelector" in peer for peer in rule["from"]):
            assert {port["port"] for port in rule["ports"]}.isdisjoint(clients)


def test_every_component_is_an_alternative_and_each_choice_is_combined() -> None:
    folders = {file.parent.name for file in K8S.glob("components/*/kustomization.yaml")}
    combined = {name for chosen in combinations() for name in chosen}
    assert folders == combined == {name for choice in ALTERNATIVES for name in choice} | {*OPTIONS}
    assert len(combinations()) == 9


def test_a_combination_names_folders_that_are_there(tmp_path: Path) -> None:
    chosen = combinations()[0]
    told = yaml.safe_load(combination(tmp_path, chosen))
    for folder in (*told["resources"], *told["components"]):
        assert (tmp_path / folder / "kustomization.yaml").exists()


def test_each_overlay_takes_one_of_each_alternative() -> None:
    assert overlays()
    for overlay in overlays():
        told = yaml.safe_load((overlay / "kustomization.yaml").read_text())
        taken = {Path(folder).name for folder in told["components"]}
        assert [len(taken & set(choice)) for choice in ALTERNATIVES] == [1] * len(ALTERNATIVES)


def test_gateways_are_counted_by_a_metric_that_they_have() -> None:
    (scaled,) = read_resources((K8S / "components/gateway-scaling/scaling.yaml").read_text())
    (trigger,) = scaled["spec"]["triggers"]
    named = set(re.findall(r"kanvas_\w+", trigger["metadata"]["query"]))
    assert named == {next(iter(stream_connections.describe())).name}
    limit = GatewaySettings.model_fields["stream_connections"].default
    assert int(trigger["metadata"]["threshold"]) * 2 == limit
    assert trigger["metadata"]["ignoreNullValues"] == "false"  # else it would be 0 sockets


def test_whatever_runs_more_than_once_is_spread_and_given_up_one_at_a_time() -> None:
    files = sorted(K8S.glob("base/*/deployment.yaml")) + sorted(K8S.glob("base/*/statefulset.yaml"))
    assert len(files) == 5
    for file in files:
        workload, budget = read_resources(file.read_text())
        labels = workload["spec"]["selector"]
        spread = workload["spec"]["template"]["spec"]["topologySpreadConstraints"]
        assert [each["labelSelector"] for each in spread] == [labels, labels]
        assert budget["spec"] == {
            "maxUnavailable": 1,
            "unhealthyPodEvictionPolicy": "AlwaysAllow",
            "selector": labels,
        }


def test_the_ops_port_answers_where_probes_ask() -> None:
    told = ops.OpsServer.__doc__ or ""
    for path in PROBES.values():
        assert f"`{path}`" in told


def test_manifests_take_from_the_image_what_its_stages_put_there() -> None:
    dockerfile = (K8S / "images/services.Dockerfile").read_text()
    settings = (K8S / "base/gateway/settings.env").read_text()
    root = next(line for line in settings.splitlines() if line.startswith("KANVAS_WEB_ROOT="))
    assert f"/dist {root.removeprefix('KANVAS_WEB_ROOT=')}\n" in dockerfile
    triton = (K8S / "base/triton/deployment.yaml").read_text()
    assert "--model-repository=/opt/models" in triton
    assert "model_repository /opt/models\n" in (K8S / "images/triton.Dockerfile").read_text()


@pytest.mark.parametrize(
    ("states", "lives"), [("SS", True), ("RDS", True), ("SZ", False), ("S", False), ("", False)]
)
def test_triton_lives_as_long_as_a_process_of_each_model(
    states: str, lives: bool, tmp_path: Path
) -> None:
    triton, _ = read_resources((K8S / "base/triton/deployment.yaml").read_text())
    (container,) = triton["spec"]["template"]["spec"]["containers"]
    shell, option, probe = container["livenessProbe"]["exec"]["command"]
    others = [("tritonserver", "S"), ("sh", "R")]
    for number, (name, state) in enumerate([*others, *(("triton_python_b", s) for s in states)]):
        (tmp_path / str(number)).mkdir()
        (tmp_path / f"{number}/stat").write_text(f"{number} ({name}) {state} 1 1 1 0 -1\n")
    assert "/proc/" in probe
    here = probe.replace("/proc/", f"{tmp_path}/")
    assert (subprocess.run([shell, option, here], check=False).returncode == 0) is lives


@pytest.mark.parametrize(
    "file", sorted(K8S.glob("images/*.Dockerfile")), ids=lambda file: file.name
)
def test_images_stand_on_others_by_digest_and_do_not_run_as_root(file: Path) -> None:
    lines = file.read_text().splitlines()
    bases = [line for line in lines if line.startswith("FROM ")]
    assert bases
    assert [line for line in bases if "@sha256:" not in line] == []
    assert [line for line in lines if line.startswith("USER ")] == ["USER 10001:10001"]
    copied = [line.split()[1:-1] for line in lines if line.startswith("COPY ") and "--" not in line]
    assert [path for paths in copied for path in paths if not (REPOSITORY / path).exists()] == []


def test_the_page_of_the_image_is_built_as_that_of_the_local_stack() -> None:
    dockerfile = (K8S / "images/services.Dockerfile").read_text()
    assert f"RUN npm {' '.join(NPM_CI)} --workspaces=false && npm run build\n" in dockerfile
