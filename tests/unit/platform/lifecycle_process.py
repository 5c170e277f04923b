"""A small process for test_lifecycle.py: prints what its components live through."""

import asyncio
import sys
from collections.abc import Sequence

from kanvas_platform import lifecycle, observability


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


class Part:
    def __init__(self, name: str, *, dies: str = "", stuck: bool = False) -> None:
        self.name = name
        self.dies = dies
        self.stuck = stuck

    async def run(self) -> None:
        say(f"run {self.name}")
        try:
            if self.dies == "raises":
                raise RuntimeError("poisoned")
            if self.dies == "returns":
                return
            if self.dies == "canceled":
                raise asyncio.CancelledError
            await asyncio.Event().wait()
        finally:
            say(f"end {self.name}")

    async def drain(self) -> None:
        say(f"drain {self.name}")
        if self.stuck:
            await asyncio.Event().wait()


def parts(mode: str) -> list[lifecycle.Component]:
    log, door = Part("log"), Part("door", stuck=mode == "stuck")
    extra = [Part("third", dies=mode)] if mode in {"raises", "returns", "canceled"} else []
    return [log, *extra, door, lifecycle.Readiness()]


async def build() -> Sequence[lifecycle.Component]:
    mode = sys.argv[1]
    if mode == "unbuildable":
        raise OSError("address in use")
    if mode == "slow-build":
        say("building")
        await asyncio.Event().wait()
    return parts(mode)


if __name__ == "__main__":
    observability.configure("social-graph", "test-1")
    lifecycle.serve(build, drain_seconds=0.2 if sys.argv[1] == "stuck" else 30)
    say("served")
