"""A block that REST has taken hides at once on the sockets of the process beside it."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest

from kanvas_gateway import block_link
from kanvas_gateway.block_link import HeardBlocks, StreamLink, ToldBlocks, hear_blocks
from kanvas_gateway.blocks_ahead import BlocksAhead


class Sockets:
    """Doubles the audiences: notes who is hidden from the sockets of whom."""

    def __init__(self) -> None:
        self.hidden: list[tuple[str, str]] = []

    def hide(self, account_id: str, other_id: str) -> None:
        self.hidden.append((account_id, other_id))


class TwoProcesses:
    """REST's blocks, the live stream's, and the sockets between them."""

    def __init__(self) -> None:
        self.sockets = Sockets()
        self.stream = BlocksAhead()
        self.heard = HeardBlocks(self.stream, self.sockets)
        self.ours, theirs = socket.socketpair()
        self.link = StreamLink(theirs.detach())
        self.rest = ToldBlocks(BlocksAhead(), self.link)


@pytest.fixture
async def both() -> AsyncIterator[TwoProcesses]:
    both = TwoProcesses()
    tasks = [
        asyncio.create_task(hear_blocks(both.ours, both.heard)),
        asyncio.create_task(both.link.run()),
    ]
    yield both
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_what_rest_takes_hides_on_both_sides_when_it_is_answered(both: TwoProcesses) -> None:
    await both.rest.begin("ana", "ben", 7)
    assert both.rest.hidden_from("ben") == {"ana"}
    assert both.stream.hidden_from("ana") == {"ben"}
    assert both.sockets.hidden == [("ana", "ben"), ("ben", "ana")]
    await both.rest.end("ana", "ben")
    assert both.stream.hidden_from("ana") == both.rest.hidden_from("ana") == frozenset()


async def test_many_at_once_are_all_told(both: TwoProcesses) -> None:
    await asyncio.gather(*(both.rest.begin("ana", f"b{one}", 7) for one in range(50)))
    assert both.stream.hidden_from("ana") == {f"b{one}" for one in range(50)}


@pytest.mark.parametrize(
    "told",
    [b"nonsense", b"\xff", b"[1]", b'{"a": 1}', b'[1, "begin", "ana", "ben", "7"]', b" " * 100_000],
    ids=lambda told: repr(told[:20]),
)
async def test_what_cannot_be_read_does_not_end_it(told: bytes) -> None:
    ours, theirs = socket.socketpair()
    ahead = BlocksAhead()
    hearing = asyncio.create_task(hear_blocks(ours, HeardBlocks(ahead, Sockets())))
    reader, writer = await asyncio.open_connection(sock=theirs)
    writer.write(told + b'\n[8, "begin", "ana", "ben", 7]\n')
    assert await reader.readline() == b"8\n"
    assert ahead.hidden_from("ana") == {"ben"}
    writer.close()
    await hearing


async def test_who_hangs_up_with_an_answer_unread_ends_it_in_good_order() -> None:
    ours, theirs = socket.socketpair()
    hearing = asyncio.create_task(hear_blocks(ours, HeardBlocks(BlocksAhead(), Sockets())))
    theirs.sendall(b'[1, "begin", "ana", "ben", 7]\n')
    await asyncio.to_thread(theirs.recv, 1, socket.MSG_PEEK)
    theirs.close()
    await hearing


async def test_a_stream_that_does_not_answer_holds_up_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(block_link, "_ANSWER_SECONDS", 0.05)
    both = TwoProcesses()
    connecting = asyncio.create_task(both.link.run())
    await both.rest.begin("ana", "ben", 7)
    assert both.rest.hidden_from("ana") == {"ben"}
    connecting.cancel()
    await asyncio.gather(connecting, return_exceptions=True)
    both.ours.close()
