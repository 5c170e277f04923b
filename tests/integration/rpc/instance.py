"""One instance of a service, for test_lost_instances.py: answers with the number it was given."""

import sys
from collections.abc import Sequence

from kanvas.gateway.v1 import service_pb2
from kanvas_platform import lifecycle
from kanvas_platform.rpc.server import Registration, RpcServer


class Instance:
    """Says which one answers."""

    def __init__(self, number: int) -> None:
        self._answer = service_pb2.GetStreamStatusResponse(connections=number)

    async def GetStreamStatus(self, *_: object) -> service_pb2.GetStreamStatusResponse:  # noqa: N802
        return self._answer


async def build() -> Sequence[lifecycle.Component]:
    number, listen = sys.argv[1:]
    contract = service_pb2.DESCRIPTOR.services_by_name["GatewayService"]
    return [RpcServer(listen=listen, services=[Registration(contract, Instance(int(number)))])]


if __name__ == "__main__":
    lifecycle.serve(build, drain_seconds=5)
