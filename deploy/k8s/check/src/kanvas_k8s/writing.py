"""Writes the manifests that follow from other files: `python -m kanvas_k8s.writing`.

Topics follow from proto/topics.toml, network policies from deploy/k8s/calls.toml.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from kanvas_k8s.calls import FILE, policies, read_matrix
from kanvas_k8s.resources import K8S, Resource
from kanvas_local.topic_catalogue import TopicCatalogue, topic_catalogue

_HEAD = "# Written by `make k8s` from {source}: change that, not this file.\n"
_TOPIC_FILES = {
    "local": K8S / "components/kafka-one-broker/topics.yaml",
    "production": K8S / "components/kafka-three-brokers/topics.yaml",
}
_POLICY_FILE = K8S / "base/network/policies.yaml"


def main() -> None:
    """Write every file anew."""
    for file, text in generated().items():
        file.write_text(text)


def generated() -> Mapping[Path, str]:
    """Return every file that is written, with its text."""
    catalogue = topic_catalogue()
    matrix = read_matrix(FILE.read_text())
    texts = {
        file: _text("proto/topics.toml", topics(catalogue, deployment))
        for deployment, file in _TOPIC_FILES.items()
    }
    return {**texts, _POLICY_FILE: _text("deploy/k8s/calls.toml", policies(matrix))}


def topics(catalogue: TopicCatalogue, deployment: str) -> list[Resource]:
    """Return the topics of the catalogue, for Kafka's operator.

    Args:
        catalogue: What proto/topics.toml says.
        deployment: Which of its deployments.
    """
    return [
        {
            "apiVersion": "kafka.strimzi.io/v1",
            "kind": "KafkaTopic",
            "metadata": {
                "name": name,
                "namespace": "kanvas-data",
                "labels": {"strimzi.io/cluster": "kanvas"},
            },
            "spec": {
                "partitions": shape.partitions,
                "replicas": shape.replicas,
                "config": dict(shape.settings),
            },
        }
        for name, shape in catalogue.shapes(deployment).items()
    ]


def _text(source: str, resources: Sequence[Resource]) -> str:
    return _HEAD.format(source=source) + yaml.dump_all(
        resources, Dumper=_Plain, sort_keys=False, width=100
    )


class _Plain(yaml.SafeDumper):
    """Writes what stands in several places each time: an alias is harder to read."""

    def ignore_aliases(self, data: object) -> bool:
        """See the base."""
        return True


if __name__ == "__main__":
    main()
