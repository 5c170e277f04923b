"""The graph over gRPC, for what imagegen asks about accounts."""

from collections.abc import Sequence

from kanvas.graph.v1.service_pb2 import ListErasedAccountsRequest
from kanvas.graph.v1.service_pb2_grpc import SocialGraphServiceStub
from kanvas_platform.rpc.client import RpcClient


class RpcErasedAccounts:
    """Asks any instance of social-graph."""

    def __init__(self, client: RpcClient) -> None:
        self._stub = client.stub(SocialGraphServiceStub)

    async def before(self, position: int | None) -> Sequence[tuple[int, str]]:
        """See `ErasedAccounts.before`."""
        found = await self._stub.ListErasedAccounts(ListErasedAccountsRequest(before=position or 0))
        return [(account.position, account.account_id) for account in found.accounts]
