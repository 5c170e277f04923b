"""One instance of a service, for test_lost_instances.py: answers with the name it was given."""

import sys
from collections.abc import Sequence
from typing import Any

from kanvas.imagegen.v1 import service_pb2, service_pb2_grpc
from kanvas.images.v1 import records_pb2
from kanvas_platform import lifecycle
from kanvas_platform.rpc.server import Registration, RpcServer


class Instance:
    """Answers GetJob; the other methods are never called."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, method: str) -> Any:
        return self.GetJob

    async def GetJob(self, *_: object) -> service_pb2.GetJobResponse:  # noqa: N802
        return service_pb2.GetJobResponse(job=records_pb2.Job(id=self._name))


async def build() -> Sequence[lifecycle.Component]:
    name, listen = sys.argv[1:]
    service = Registration(
        service_pb2_grpc.add_ImageGenerationServiceServicer_to_server,
        Instance(name),
        "kanvas.imagegen.v1.ImageGenerationService",
    )
    return [RpcServer(listen=listen, services=[service])]


if __name__ == "__main__":
    lifecycle.serve(build, drain_seconds=5)
