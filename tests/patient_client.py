"""A caller of services that asks until it is answered, however busy the machine is."""

from typing import TYPE_CHECKING, TypeVar

from google.protobuf.message import Message

from kanvas_platform.rpc import client
from kanvas_platform.rpc.client import RpcClient
from tests.patience import PATIENCE_SECONDS

if TYPE_CHECKING:
    import grpc

Request = TypeVar("Request", bound=Message)
Response = TypeVar("Response")

_ATTEMPT_SECONDS = 10.0


class PatientClient(RpcClient):
    """Repeats what an instance cannot answer now; what a service refuses is final all the same."""

    async def call(
        self,
        method: "grpc.aio.UnaryUnaryMultiCallable[Request, Response]",
        request: Request,
        *,
        timeout: float = PATIENCE_SECONDS,
        attempts: int = 10_000,
        attempt_timeout: float = _ATTEMPT_SECONDS,
        identity: str | None = None,
    ) -> Response:
        """Call as `RpcClient.call` does, but for longer where nothing else is said."""
        return await super().call(
            method,
            request,
            timeout=timeout,
            attempts=attempts,
            attempt_timeout=attempt_timeout,
            identity=identity,
        )


def connect(targets: str) -> RpcClient:
    """Connect to the instances of a service, as `kanvas_platform.rpc.client.connect` does."""
    return PatientClient(client.connect(targets).channel)
