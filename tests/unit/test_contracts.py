"""What every contract in `proto/` must say."""

import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from google.protobuf.descriptor import MethodDescriptor

from kanvas.rpc.v1 import access_pb2
from kanvas_platform.rpc.access import access, for_leader


def methods() -> Iterator[MethodDescriptor]:
    root = Path(access_pb2.__file__).parents[2]
    for file in root.rglob("*_pb2.py"):
        name = ".".join(("kanvas", *file.relative_to(root).with_suffix("").parts))
        for service in importlib.import_module(name).DESCRIPTOR.services_by_name.values():
            yield from service.methods


METHODS = {method.full_name.removeprefix("kanvas."): method for method in methods()}


def test_the_services_are_found() -> None:
    services = {method.containing_service.name for method in METHODS.values()}
    assert services >= {
        "GatewayService",
        "ImageGenerationService",
        "SocialGraphService",
        "TimelineService",
        "WorkerService",
    }


@pytest.mark.parametrize("name", METHODS)
def test_a_method_says_what_a_call_needs(name: str) -> None:
    said = access(METHODS[name])
    assert said.kind != access_pb2.KIND_UNSPECIFIED
    assert said.identity != access_pb2.IDENTITY_UNSPECIFIED


@pytest.mark.parametrize("name", METHODS)
def test_what_carries_a_command_id_is_a_write_and_goes_to_the_leader(name: str) -> None:
    method = METHODS[name]
    if "command_id" in method.input_type.fields_by_name:
        assert access(method).kind == access_pb2.KIND_WRITE
        assert for_leader(method)
