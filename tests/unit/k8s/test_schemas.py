"""Schemas are strict, and a kind that has none is an error."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from kanvas_k8s.schemas import (
    ORIGINS,
    VERSIONS,
    KindsUnknown,
    Origin,
    Schemas,
    closed,
    custom_schemas,
    read_crd,
    read_origins,
)

GIZMO = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "spec": {
        "group": "example.org",
        "names": {"kind": "Gizmo"},
        "versions": [
            {
                "name": "v1",
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "properties": {
                            "apiVersion": {"type": "string"},
                            "kind": {"type": "string"},
                            "spec": {
                                "type": "object",
                                "properties": {
                                    "size": {"type": "integer"},
                                    "port": {
                                        "type": "string",
                                        "x-kubernetes-int-or-string": True,
                                    },
                                    "note": {"type": "string", "nullable": True},
                                    "raw": {
                                        "type": "string",
                                        "x-kubernetes-preserve-unknown-fields": True,
                                    },
                                    "parts": {
                                        "type": "array",
                                        "items": {
                                            "type": "object",
                                            "properties": {"name": {"type": "string"}},
                                        },
                                    },
                                    "labels": {
                                        "type": "object",
                                        "additionalProperties": {"type": "string"},
                                    },
                                },
                            },
                        },
                    }
                },
            }
        ],
    },
}


def gizmo(**spec: object) -> dict[str, Any]:
    return {
        "apiVersion": "example.org/v1",
        "kind": "Gizmo",
        "metadata": {"name": "one", "namespace": "here", "labels": {"a": "b"}},
        "spec": spec,
    }


@pytest.fixture
def schemas(tmp_path: Path) -> Schemas:
    return Schemas(tmp_path, read_crd(yaml.safe_dump(GIZMO)))


@pytest.mark.parametrize(
    "spec",
    [
        {"size": 1, "parts": [{"name": "a"}], "labels": {"any": "thing"}},
        {"port": 80},
        {"port": "http"},
        {"note": None},
        {"raw": {"any": ["thing"]}},
    ],
)
def test_what_a_definition_allows_is_sound(schemas: Schemas, spec: dict[str, object]) -> None:
    assert schemas.errors(gizmo(**spec)) == []


@pytest.mark.parametrize(
    "spec",
    [
        {"sise": 1},
        {"size": "1"},
        {"size": None},
        {"parts": [{"nam": "a"}]},
        {"labels": {"a": 1}},
    ],
)
def test_what_it_does_not_name_is_an_error(schemas: Schemas, spec: dict[str, object]) -> None:
    (error,) = schemas.errors(gizmo(**spec))
    assert error.where == "Gizmo here/one"


def test_a_kind_without_a_schema_is_an_error_in_every_version(schemas: Schemas) -> None:
    found = schemas.errors({**gizmo(), "kind": "Gadget"})
    assert [each.what for each in found] == [
        f"Gadget of example.org/v1 is in no schema of Kubernetes {version}" for version in VERSIONS
    ]


def test_kinds_of_kubernetes_are_looked_up_by_version_and_whole_group(tmp_path: Path) -> None:
    for version in VERSIONS:
        folder = tmp_path / f"v{version}.0-local-strict"
        folder.mkdir()
        schema = {
            "$id": "https://kubernetes.io/api/thing/example/v1",
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "x-kubernetes-group-version-kind": [
                {"group": "example.k8s.io", "kind": "Thing", "version": "v1"}
            ],
            "properties": {"spec": {"$ref": "/api/_definitions.json#/$defs/Spec"}},
        }
        definitions = {
            "$id": "https://kubernetes.io/api/_definitions.json",
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$defs": {"Spec": {"required": [] if version == VERSIONS[-1] else ["old"]}},
        }
        (folder / "thing-example-v1.json").write_text(json.dumps(schema))
        (folder / "_definitions.json").write_text(json.dumps(definitions))
    schemas = Schemas(tmp_path, {})
    thing = {"kind": "Thing", "metadata": {"name": "one"}, "spec": {}}
    found = schemas.errors({**thing, "apiVersion": "example.k8s.io/v1"})
    assert [each.what[:4] for each in found] == list(VERSIONS[:-1])
    assert len(schemas.errors({**thing, "apiVersion": "example.other.org/v1"})) == len(VERSIONS)


def test_closing_leaves_what_a_schema_says_itself() -> None:
    says = {"properties": {}, "additionalProperties": {"type": "string"}}
    assert closed(says) == says


def test_a_folder_without_a_definition_names_the_kinds(tmp_path: Path) -> None:
    (tmp_path / "gizmo.yaml").write_text(yaml.safe_dump(GIZMO))
    needed = [Origin("Gizmo", "", ""), Origin("Gadget", "", ""), Origin("Gimmick", "", "")]
    assert set(custom_schemas(tmp_path, needed[:1])) == {("example.org/v1", "Gizmo")}
    with pytest.raises(KindsUnknown, match=r"cannot be judged: Gadget, Gimmick; "):
        custom_schemas(tmp_path, needed)


def test_a_definition_is_fetched_by_its_digest_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    file = tmp_path / "gizmo.yaml"
    file.write_text(yaml.safe_dump(GIZMO))
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    origin = Origin("Gizmo", file.as_uri(), digest)
    assert set(custom_schemas(None, [origin])) == {("example.org/v1", "Gizmo")}
    file.unlink()
    assert set(custom_schemas(None, [origin])) == {("example.org/v1", "Gizmo")}


def test_another_digest_counts_as_not_had(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    file = tmp_path / "gizmo.yaml"
    file.write_text(yaml.safe_dump(GIZMO))
    with pytest.raises(KindsUnknown, match=r"cannot be judged: Gizmo; .*CRDS=folder"):
        custom_schemas(None, [Origin("Gizmo", file.as_uri(), "0" * 64)])


def test_origins_are_https_by_commit_and_digest() -> None:
    for origin in read_origins(ORIGINS.read_text()):
        assert origin.url.startswith("https://")
        assert len(origin.sha256) == 64
