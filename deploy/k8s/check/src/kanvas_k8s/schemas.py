"""Strict schemas of every kind: of Kubernetes in some versions, and of custom resources.

A field that a schema does not name is an error, and so is a kind that has none.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import yaml
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing import Resource as Referenced

from kanvas_k8s.resources import LOADER, Finding, Resource, name_of
from kanvas_local.downloads import as_downloads_go
from kanvas_local.layout import cache_folder

VERSIONS = ("1.35", "1.36", "1.37")
"""The versions of Kubernetes that manifests must suit."""

ORIGINS = Path(__file__).with_name("crds.toml")
_FETCH_SECONDS = 20.0
_KEEP = "x-kubernetes-preserve-unknown-fields"

Schema = Mapping[str, Any]
Kind = tuple[str, str]
"""`apiVersion` and `kind`."""


class KindsUnknown(Exception):
    """Schemas of custom resources cannot be had; the message says which, and what to do."""


@dataclass(frozen=True)
class Schemas:
    """What resources are held against.

    Attributes:
        core: Folder with a folder of schemas for each version of Kubernetes, as the package
            kubernetes-validate carries them.
        custom: Schemas of custom resources.
    """

    core: Path
    custom: Mapping[Kind, Schema]

    def errors(self, resource: Resource) -> list[Finding]:
        """Return what any of the versions of Kubernetes would find wrong with a resource."""
        kind = (str(resource["apiVersion"]), str(resource["kind"]))
        if kind in self.custom:
            return _errors(resource, Draft202012Validator(self.custom[kind]), "")
        found: list[Finding] = []
        for version in VERSIONS:
            file = _core_file(self.core, kind, version)
            if file is None:
                what = f"{kind[1]} of {kind[0]} is in no schema of Kubernetes {version}"
                found.append(Finding(name_of(resource), what))
            else:
                found += _errors(resource, _core_validator(file), f"{version}: ")
        return found


def _errors(resource: Resource, validator: Draft202012Validator, which: str) -> list[Finding]:
    return [
        Finding(name_of(resource), f"{which}{error.json_path} {error.message}")
        for error in validator.iter_errors(resource)
    ]


def _core_file(core: Path, kind: Kind, version: str) -> Path | None:
    """Return the file of a schema: `apps/v1` Deployment lies in `deployment-apps-v1.json`."""
    api = re.sub(r"^([^./]*)(?:\.[^/]*)?/", r"\1-", kind[0])
    file = core / f"v{version}.0-local-strict" / f"{kind[1].lower()}-{api}.json"
    if not file.exists():
        return None
    # `networking.k8s.io` and any other group that begins so share a name of a file.
    groups = json.loads(file.read_text())["x-kubernetes-group-version-kind"]
    named = {f"{each['group']}/{each['version']}".lstrip("/") for each in groups}
    return file if kind[0] in named else None


@cache
def _core_validator(file: Path) -> Draft202012Validator:
    definitions = _definitions(file.with_name("_definitions.json"))
    schema = Referenced.from_contents(json.loads(file.read_text()))
    return Draft202012Validator(schema.contents, registry=schema @ definitions)


@cache
def _definitions(file: Path) -> Registry[Any]:
    return Referenced.from_contents(json.loads(file.read_text())) @ Registry()


def closed(schema: Schema) -> Schema:
    """Return a schema of a custom resource as a strict one.

    No field that it does not name may be there, except where the schema itself says so.
    """
    found = {key: _closed_part(key, value) for key, value in schema.items() if key != "properties"}
    # A field that keeps whatever it is given is called a string where its Go type is raw bytes.
    if schema.get("x-kubernetes-int-or-string") or schema.get(_KEEP):
        found.pop("type", None)
    if schema.get("nullable") and "type" in schema:
        found["type"] = [schema["type"], "null"]
    if "properties" in schema:
        found["properties"] = {name: closed(of) for name, of in schema["properties"].items()}
        if not schema.get(_KEEP):
            found.setdefault("additionalProperties", False)
    return found


def _closed_part(key: str, value: Any) -> Any:
    if key in ("items", "additionalProperties", "not") and isinstance(value, Mapping):
        return closed(value)
    return value


def read_crd(text: str) -> dict[Kind, Schema]:
    """Return the kinds that a text of custom resource definitions makes, with strict schemas."""
    found: dict[Kind, Schema] = {}
    for definition in yaml.load_all(text, Loader=LOADER):
        if not definition or definition["kind"] != "CustomResourceDefinition":
            continue
        spec = definition["spec"]
        for version in spec["versions"]:
            api = f"{spec['group']}/{version['name']}"
            schema = version["schema"]["openAPIV3Schema"]
            properties = {**schema["properties"], "metadata": {"type": "object"}}
            found[api, spec["names"]["kind"]] = closed({**schema, "properties": properties})
    return found


@dataclass(frozen=True)
class Origin:
    """Where a definition comes from.

    Attributes:
        kind: The custom resource that it defines.
        url: Its address.
        sha256: Of its bytes.
    """

    kind: str
    url: str
    sha256: str


def read_origins(text: str) -> list[Origin]:
    """Return the definitions that the check needs, as crds.toml names them."""
    return [Origin(kind, **of) for kind, of in tomllib.loads(text).items()]


def custom_schemas(folder: Path | None, origins: Sequence[Origin]) -> dict[Kind, Schema]:
    """Return the schemas of custom resources.

    Args:
        folder: Where definitions lie as YAML; None: they are fetched from their origins, by
            digest, into the cache.
        origins: What is needed.

    Raises:
        KindsUnknown: Some are not there, or cannot be fetched.
    """
    if folder is not None:
        texts = [file.read_text() for file in sorted(folder.glob("*.yaml"))]
        why = f"{folder} has no definition of them"
    else:
        texts = [text for origin in origins if (text := _fetched(origin)) is not None]
        why = (
            "their definitions could not be fetched: name a folder that holds them "
            "(make k8s-check CRDS=folder)"
        )
    found: dict[Kind, Schema] = {}
    for text in texts:
        found |= read_crd(text)
    missing = {origin.kind for origin in origins} - {kind for _, kind in found}
    if missing:
        raise KindsUnknown(f"These kinds cannot be judged: {', '.join(sorted(missing))}; {why}.")
    return found


def _fetched(origin: Origin) -> str | None:
    """Return a definition, from the cache or its origin; None where it cannot be had.

    What has another digest is not what was meant, and counts as not had.
    """
    kept = cache_folder() / "crds" / f"{origin.sha256}.yaml"
    if kept.exists():
        return kept.read_text()
    try:
        with as_downloads_go(), urlopen(origin.url, timeout=_FETCH_SECONDS) as answer:  # noqa: S310 - crds.toml names https only
            content: bytes = answer.read()
    except (URLError, OSError):
        return None
    if hashlib.sha256(content).hexdigest() != origin.sha256:
        return None
    kept.parent.mkdir(parents=True, exist_ok=True)
    part = kept.with_suffix(".part")
    part.write_bytes(content)
    part.replace(kept)
    return content.decode()
