"""Orders in turn: a short one overtakes, a canceled one stops, a broken one harms nobody."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from kanvas_painters.painting.slots import Slots
from kanvas_painters.painting.step import Step

PATIENCE = 20.0


@dataclass
class Waiting:
    """A caller that notes what it gets, in a list that all of them share."""

    name: str
    seen: list[tuple[str, object]]
    is_gone: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)

    def gone(self) -> bool:
        return self.is_gone.is_set()

    def send(self, progress: Step) -> None:
        self.seen.append((self.name, progress.step))
        if progress.last:
            self.ended.set()

    def close(self) -> None:
        self.seen.append((self.name, "closed"))
        self.ended.set()

    def fail(self, message: str) -> None:
        self.seen.append((self.name, message))
        self.ended.set()


@dataclass
class Counting:
    """Work of so many steps; before each it waits for the gate."""

    of: int
    gate: threading.Event
    breaks_at: int = 0

    def steps(self) -> Iterator[Step]:
        for step in range(1, self.of + 1):
            assert self.gate.wait(PATIENCE)
            if step == self.breaks_at:
                raise RuntimeError("broken")
            yield Step(step=step, of=self.of, image=b"", meta="", last=step == self.of)


@pytest.fixture
def slots() -> Iterator[Slots]:
    slots = Slots(2)
    yield slots
    slots.close()


@pytest.fixture
def gate() -> threading.Event:
    return threading.Event()


def test_orders_are_stepped_in_turn(slots: Slots, gate: threading.Event) -> None:
    seen: list[tuple[str, object]] = []
    long, short = Waiting("long", seen), Waiting("short", seen)
    slots.admit(Counting(6, gate), long)
    slots.admit(Counting(2, gate), short)
    gate.set()
    assert long.ended.wait(PATIENCE)
    assert seen.index(("short", 2)) < seen.index(("long", 4))
    assert [step for name, step in seen if name == "long"] == [1, 2, 3, 4, 5, 6]


def test_a_third_order_waits_for_a_slot(slots: Slots, gate: threading.Event) -> None:
    seen: list[tuple[str, object]] = []
    callers = [Waiting(name, seen) for name in ("first", "second", "third")]
    for caller in callers[:2]:
        slots.admit(Counting(1, gate), caller)
    admitted = threading.Event()

    def admit() -> None:
        slots.admit(Counting(1, gate), callers[2])
        admitted.set()

    thread = threading.Thread(target=admit)
    thread.start()
    assert not admitted.is_set()
    gate.set()
    assert all(caller.ended.wait(PATIENCE) for caller in callers)
    thread.join(PATIENCE)
    assert admitted.is_set()


def test_a_canceled_order_is_closed_without_another_step(
    slots: Slots, gate: threading.Event
) -> None:
    seen: list[tuple[str, object]] = []
    caller = Waiting("gone", seen)
    caller.is_gone.set()
    slots.admit(Counting(5, gate), caller)
    assert caller.ended.wait(PATIENCE)
    assert seen == [("gone", "closed")]


def test_a_broken_order_fails_alone(slots: Slots, gate: threading.Event) -> None:
    seen: list[tuple[str, object]] = []
    broken, sound = Waiting("broken", seen), Waiting("sound", seen)
    slots.admit(Counting(4, gate, breaks_at=2), broken)
    slots.admit(Counting(4, gate), sound)
    gate.set()
    assert broken.ended.wait(PATIENCE)
    assert sound.ended.wait(PATIENCE)
    assert ("broken", "the picture could not be painted") in seen
    assert ("sound", 4) in seen


def test_closing_fails_what_is_left(gate: threading.Event) -> None:
    slots = Slots(2)
    seen: list[tuple[str, object]] = []
    first, second = Waiting("first", seen), Waiting("second", seen)
    slots.admit(Counting(9, gate), first)
    slots.admit(Counting(9, gate), second)
    closing = threading.Thread(target=slots.close)
    closing.start()
    gate.set()
    closing.join(PATIENCE)
    late = Waiting("late", seen)
    slots.admit(Counting(1, gate), late)
    assert ("late", "the model is shutting down") in seen
    assert all(caller.ended.is_set() for caller in (first, second))
