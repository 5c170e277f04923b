"""The bounded queue of commands before the writer."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from kanvas_platform.errors import Overloaded
from kanvas_platform.kafka.contract import Command, Receipt

COMMANDS_MAX = 2000
BYTES_MAX = 16 * 1024 * 1024


@dataclass(slots=True, eq=False)
class Pending:
    """A command, and where its answer is waited for.

    Attributes:
        command: The command.
        trace: `traceparent` of the request that brought it; "" where there is none.
        since: Monotonic time of its submission.
        answer: Where the answer goes. Done already where nobody waits any more.
        attempted: Whether a commit with its records was begun, with unknown outcome.
        alone: Whether it must be in a batch of its own, since a batch with it was refused.
    """

    command: Command
    trace: str
    since: float
    answer: "asyncio.Future[Receipt]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    attempted: bool = False
    alone: bool = False

    def settle(self, outcome: Receipt | Exception) -> None:
        """Give the answer, unless nobody waits any more."""
        if self.answer.done():
            return
        if isinstance(outcome, Receipt):
            self.answer.set_result(outcome)
        else:
            self.answer.set_exception(outcome)


class Intake:
    """Commands in the order in which they came. Beyond its bounds it refuses."""

    def __init__(self, *, commands: int = COMMANDS_MAX, size: int = BYTES_MAX) -> None:
        self._commands = commands
        self._size_max = size
        self._queue: deque[Pending] = deque()
        self._size = 0

    def __len__(self) -> int:
        return len(self._queue)

    def put(self, pending: Pending) -> None:
        """Take a command in.

        Raises:
            Overloaded: There are too many, or too large ones.
        """
        size = len(pending.command.content)
        if len(self._queue) >= self._commands or self._size + size > self._size_max:
            raise Overloaded("The writer's queue is full.", retry_after=0.5)
        self._queue.append(pending)
        self._size += size

    def put_back(self, pending: Sequence[Pending]) -> None:
        """Return commands to the front, in their order, whatever the bounds say."""
        self._queue.extendleft(reversed(pending))
        self._size += sum(len(p.command.content) for p in pending)

    def pop(self) -> Pending | None:
        """Return the next command that somebody still waits for, if there is one."""
        while self._queue:
            pending = self._queue.popleft()
            self._size -= len(pending.command.content)
            if not pending.answer.done():
                return pending
        return None
