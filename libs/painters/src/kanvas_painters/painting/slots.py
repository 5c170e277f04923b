"""A few orders painted in turn, a step each, so that short orders overtake long ones."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from .step import Step

log = logging.getLogger(__name__)


class Caller(Protocol):
    """Waits for an order, which ends with exactly one of the last `send`, `close` and `fail`."""

    def gone(self) -> bool:
        """Return whether nobody waits any more."""

    def send(self, step: Step) -> None:
        """Hand over one step's result."""

    def close(self) -> None:
        """End an order that nobody waits for."""

    def fail(self, message: str) -> None:
        """End an order that cannot be finished."""


class Steps(Protocol):
    """Work that can be done a step at a time."""

    def steps(self) -> Iterator[Step]:
        """Yield the results, the last of them marked so."""


@dataclass
class _Turn:
    steps: Iterator[Step]
    caller: Caller


class Slots:
    """Steps at most `number` orders in turn, in a thread of its own, until closed."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._busy: deque[_Turn] = deque()
        self._admitted = 0
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="slots", daemon=True)
        self._thread.start()

    def admit(self, work: Steps, caller: Caller) -> None:
        """Give the order a slot, waiting until one is free; fail it once closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._admitted < self._number or self._closed)
            if not self._closed:
                self._admitted += 1
                self._busy.append(_Turn(work.steps(), caller))
                self._changed.notify_all()
                return
        caller.fail("the model is shutting down")

    def close(self) -> None:
        """Stop after the step in progress and fail what is left."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._busy or self._closed)
                if self._closed:
                    left = list(self._busy)
                    self._busy.clear()
                    break
                turn = self._busy.popleft()
            more = self._step(turn)
            with self._changed:
                if more:
                    self._busy.append(turn)
                else:
                    self._admitted -= 1
                    self._changed.notify_all()
        for turn in left:
            turn.caller.fail("the model is shutting down")

    def _step(self, turn: _Turn) -> bool:
        """Take one step of one order; return whether there is more to do."""
        try:
            if turn.caller.gone():
                turn.caller.close()
                return False
            step = next(turn.steps)
            if turn.caller.gone():
                turn.caller.close()
                return False
            turn.caller.send(step)
        except Exception:  # one order that breaks must not end the others
            log.exception("an order failed")
            turn.caller.fail("the picture could not be painted")
            return False
        return not step.last
