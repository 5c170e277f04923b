"""What the timeline says of pictures, over gRPC."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest

from kanvas_imagegen.adapters.timeline_rpc import RpcPosts
from kanvas_platform.errors import InvalidArgument, KanvasError, Unavailable
from kanvas_platform.rpc.client import connect
from kanvas_platform.rpc.server import Registration, RpcServer
from kanvas_timeline.entrypoints.grpc import CONTRACT, Timeline
from kanvas_timeline.testing.world import World

ONE, OTHER = "ab" * 32, "cd" * 32


class Alone:
    """An instance that leads."""

    leads = True
    leader_address: str | None = None

    def refusal(self) -> KanvasError:
        return Unavailable("It leads.")


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
async def posts(world: World) -> AsyncIterator[RpcPosts]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    timeline = Timeline(sources=world.sources, commands=world.log)
    server = RpcServer(listen=address, services=[Registration(CONTRACT, timeline)], leader=Alone())
    serving, client = asyncio.create_task(server.run()), connect(address)
    yield RpcPosts(client)
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
    await client.close()


async def test_no_post_shows_what_none_names_or_what_was_removed(
    world: World, posts: RpcPosts
) -> None:
    ada = world.account("ada")
    post = world.post(ada, sha256=ONE)
    assert await posts.unshown([ONE, OTHER]) == {OTHER}
    world.delete(ada, post)
    assert await posts.unshown([ONE, OTHER]) == {ONE, OTHER}


async def test_what_is_no_picture_is_refused(posts: RpcPosts) -> None:
    with pytest.raises(InvalidArgument):
        await posts.unshown(["fox"])
