"""A child as `RestProcess` starts it, and a parent of one, without a gateway: for the tests."""

import asyncio
import socket
import sys
from collections.abc import Sequence

from kanvas_gateway import rest_process
from kanvas_gateway.block_link import HeardBlocks
from kanvas_gateway.blocks_ahead import BlocksAhead
from kanvas_gateway.rest_process import ParentLink, RestProcess
from kanvas_platform.lifecycle import Component, Readiness, serve

PROGRAM = "tests.unit.gateway.rest_child"


class Teller:
    """Says once that the child is ready."""

    name = "teller"

    def __init__(self, rest: RestProcess) -> None:
        self._rest = rest

    async def run(self) -> None:
        while not self._rest.ready:  # noqa: ASYNC110 - nothing announces it
            await asyncio.sleep(0.01)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


class NoSockets:
    """Doubles the audiences of a live stream to which nobody is connected."""

    def hide(self, account_id: str, other_id: str) -> None:
        pass


def no_blocks() -> HeardBlocks:
    """Return where blocks go that hide nobody."""
    return HeardBlocks(BlocksAhead(), NoSockets())


async def _parent() -> Sequence[Component]:
    rest_process.PROGRAM = PROGRAM
    rest = RestProcess(no_blocks())
    return [rest, Teller(rest)]


async def _child() -> Sequence[Component]:
    readiness = Readiness()
    return [ParentLink(socket.socket(fileno=int(sys.argv[1])), readiness), readiness]


if __name__ == "__main__":
    serve(_parent if sys.argv[1] == "parent" else _child, drain_seconds=5)
