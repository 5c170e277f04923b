"""REST tells the live stream, which runs in another process, of the blocks that it has just taken.

A pair of sockets leads from one to the other. Each message is a line of JSON, `[number, what,
blocker, blocked, position]`, and its answer a line with the number: by then the sockets of the two
accounts are cut from each other.
"""

import asyncio
import json
import socket
from typing import Protocol

from kanvas_gateway.blocks_ahead import BlocksAhead
from kanvas_platform.observability import get_logger

_ANSWER_SECONDS = 1.0

_log = get_logger(__name__)


class Hiding(Protocol):
    """What hides an account from the sockets of another one."""

    def hide(self, account_id: str, other_id: str, /) -> None:
        """Hide an account from another one's sockets."""


class HeardBlocks:
    """The blocks ahead in the process of the live stream: kept here, and told to the sockets."""

    def __init__(self, ahead: BlocksAhead, sockets: Hiding) -> None:
        self._ahead = ahead
        self._sockets = sockets

    def begin(self, blocker_id: str, blocked_id: str, graph_position: int) -> None:
        """Hide two accounts from each other; see `BlocksAhead.begin`."""
        if self._ahead.begin(blocker_id, blocked_id, graph_position):
            self._sockets.hide(blocker_id, blocked_id)
            self._sockets.hide(blocked_id, blocker_id)

    def end(self, blocker_id: str, blocked_id: str) -> None:
        """See `BlocksAhead.end`."""
        self._ahead.end(blocker_id, blocked_id)


async def hear_blocks(end: socket.socket, blocks: HeardBlocks) -> None:
    """Take over, in the process of the live stream, what REST tells; until it hangs up.

    What cannot be read is logged and not answered.
    """
    reader, writer = await asyncio.open_connection(sock=end)
    try:
        while line := await _line(reader):
            match _message(line):
                case [int(number), "begin", str(blocker_id), str(blocked_id), int(position)]:
                    blocks.begin(blocker_id, blocked_id, position)
                case [int(number), "end", str(blocker_id), str(blocked_id), int()]:
                    blocks.end(blocker_id, blocked_id)
                case _:
                    _log.error("REST tells what cannot be read", line=line[:200])
                    continue
            writer.write(b"%d\n" % number)
    except ConnectionError:
        pass  # so does a process hang up that has not read all answers
    finally:
        writer.close()


async def _line(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readline()
    except ValueError:
        return b"\n"  # it was too long, and is thrown away


def _message(line: bytes) -> object:
    try:
        return json.loads(line)
    except ValueError:
        return None


class StreamLink:
    """Component of REST's process that tells the one of the live stream.

    Args:
        number: Of the file descriptor of the socket.
    """

    name = "stream-link"

    def __init__(self, number: int) -> None:
        self._socket = socket.socket(fileno=number)
        self._link: asyncio.Future[tuple[asyncio.StreamReader, asyncio.StreamWriter]]
        self._link = asyncio.get_running_loop().create_future()
        self._turn = asyncio.Lock()
        self._number = 0

    async def run(self) -> None:
        """Hold the connection until canceled."""
        reader, writer = await asyncio.open_connection(sock=self._socket)
        self._link.set_result((reader, writer))
        try:
            await asyncio.Event().wait()
        finally:
            writer.close()

    async def tell(self, what: str, blocker_id: str, blocked_id: str, position: int) -> None:
        """Return once the live stream has taken it over, or has not answered for a second.

        Then the sockets follow with the copy of the block, as they do at other gateways.
        """
        try:
            async with asyncio.timeout(_ANSWER_SECONDS), self._turn:
                await self._ask(what, blocker_id, blocked_id, position)
        except (TimeoutError, OSError) as error:
            _log.warning("the live stream was not told of a block", error=repr(error))

    async def _ask(self, what: str, blocker_id: str, blocked_id: str, position: int) -> None:
        reader, writer = await asyncio.shield(self._link)
        self._number += 1
        message = [self._number, what, blocker_id, blocked_id, position]
        writer.write(json.dumps(message).encode() + b"\n")
        while line := await reader.readline():
            if int(line) == self._number:
                return  # lower ones answer what was given up
        raise ConnectionError("the live stream has hung up")


class ToldBlocks:
    """The blocks ahead, as REST's routes use them: kept here, and told to the live stream."""

    def __init__(self, blocks: BlocksAhead, link: StreamLink) -> None:
        self._blocks = blocks
        self._link = link

    async def begin(self, blocker_id: str, blocked_id: str, graph_position: int) -> None:
        """See `BlocksAhead.begin`."""
        self._blocks.begin(blocker_id, blocked_id, graph_position)
        await self._link.tell("begin", blocker_id, blocked_id, graph_position)

    async def end(self, blocker_id: str, blocked_id: str) -> None:
        """See `BlocksAhead.end`."""
        self._blocks.end(blocker_id, blocked_id)
        await self._link.tell("end", blocker_id, blocked_id, 0)

    def hidden_from(self, account_id: str | None) -> frozenset[str]:
        """See `BlocksAhead.hidden_from`."""
        return self._blocks.hidden_from(account_id)
