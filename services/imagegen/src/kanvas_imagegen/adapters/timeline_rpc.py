"""The timeline over gRPC, for what imagegen asks about posts."""

from collections.abc import Sequence

from kanvas.timeline.v1.service_pb2 import FindUnshownPicturesRequest
from kanvas.timeline.v1.service_pb2_grpc import TimelineServiceStub
from kanvas_platform.rpc.client import RpcClient

_SECONDS = 10.0


class RpcPosts:
    """Asks any instance of timeline."""

    def __init__(self, client: RpcClient) -> None:
        self._stub = client.stub(TimelineServiceStub)

    async def unshown(self, sha256s: Sequence[str]) -> frozenset[str]:
        """See `Posts.unshown`."""
        request = FindUnshownPicturesRequest(sha256s=sha256s)
        found = await self._stub.FindUnshownPictures(request, timeout=_SECONDS)
        return frozenset(found.sha256s)
