"""The catalogue: what happens, and for how long writes may stand still meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from kanvas_local.chaos import deeds
from kanvas_local.chaos.deeds import Deed
from kanvas_local.chaos.rubbish import FEED, GRAPH
from kanvas_local.errors import StackError
from kanvas_local.slices import choose_one
from kanvas_local.stack import SERVICES
from kanvas_local.topic_catalogue import topic_catalogue

MOVES_ON = 20.0
"""Seconds within which writes go on where something stands in for what is missing."""
RESTARTS = 60.0
"""The same where a server has to start again: two busy cores take long for that."""


@dataclass(frozen=True)
class Mishap:
    """Something that happens while people act. Every promise must hold, always.

    What may be refused meanwhile is what docs/errors.md says to repeat (408, 429, 503, 504), and
    202 for what is accepted and not in force yet.

    Attributes:
        name: For the command line; begins with what kind of mishap it is.
        what: One sentence of what is done and undone.
        deed: Does it and undoes it.
        pause: The longest time between two acknowledged posts, in seconds.
        disk: It needs small disks.
        clock: Service whose clocks it puts wrong.
        posts: So many posts are there before, more than memory holds.
    """

    name: str
    what: str
    deed: Deed
    pause: float
    disk: bool = False
    clock: str = ""
    posts: int = 0


def _killed() -> list[Mishap]:
    return [
        Mishap(f"kill-{service}", "kill -9 of the leader", deeds.kill(service), MOVES_ON)
        for service in SERVICES
    ] + [
        Mishap(f"kill-{server}", "kill -9", deeds.kill(server), RESTARTS)
        for server in ("kafka", "cassandra", "triton")
    ]


def _killed_together() -> list[Mishap]:
    pairs = [(f"both-{service}", (f"{service}-1", f"{service}-2")) for service in SERVICES]
    pairs += [
        (f"{one}+{other}", (one, other))
        for one, other in (
            ("timeline", "kafka"),
            ("social-graph", "kafka"),
            ("kafka", "cassandra"),
            ("timeline", "cassandra"),
            ("imagegen", "triton"),
        )
    ]
    return [
        Mishap(f"kill-{name}", "kill -9 of both at once", deeds.kill(*units), RESTARTS)
        for name, units in pairs
    ] + [
        Mishap("kill-all", "kill -9 of all but the supervisor", deeds.kill_all, 2 * RESTARTS),
        Mishap(
            "kill-all-and-supervisor",
            "kill -9 of everything, then `make run`",
            deeds.kill_all_and_supervisor,
            2 * RESTARTS,
        ),
    ]


def _paused() -> list[Mishap]:
    services = [
        Mishap(
            f"pause-{seconds}-{service}",
            f"the leader is stopped for {seconds} s, then woken",
            deeds.pause(service, seconds),
            MOVES_ON,
        )
        for seconds in (20, 90)
        for service in SERVICES
    ]
    servers = [
        Mishap(
            f"pause-90-{server}",
            "stopped for 90 s, then woken",
            deeds.pause(server, 90),
            90 + RESTARTS,
        )
        for server in ("kafka", "cassandra", "triton")
    ]
    return services + servers


def _full() -> list[Mishap]:
    stands_still = deeds.FULL_SECONDS + RESTARTS
    return [
        Mishap(
            f"full-disk-{disk}",
            "no room on its disk for 30 s",
            deeds.fill(disk),
            stands_still,
            disk=True,
        )
        for disk in ("kafka", "cassandra", "pictures")
    ] + [
        Mishap(
            "full-disk-supervisor",
            "no room for logs and state for 30 s, while a timeline and a gateway are killed",
            deeds.fill("supervisor", killing=("timeline", "gateway")),
            stands_still,
            disk=True,
        )
    ]


def _lost() -> list[Mishap]:
    return [
        Mishap(
            "lost-cassandra",
            "Cassandra's folder is removed, Cassandra killed; 20 s later, `make run`",
            deeds.lose_cassandra,
            2 * RESTARTS,
            posts=200,
        ),
        *(
            Mishap(
                f"lost-state-{service}",
                "the folder of the leader is removed, and the process killed",
                deeds.lose_state(service),
                MOVES_ON,
            )
            for service in ("social-graph", "timeline")
        ),
    ]


def _wrong_clocks() -> list[Mishap]:
    by_writer = {"behind": "-70s", "ahead": "+2d"}
    return [
        Mishap(
            f"clock-{service}-{way}",
            f"the clock of the leader is off by {offset} for 20 s",
            deeds.put_clock_wrong(service, offset),
            RESTARTS,
            clock=service,
        )
        for service in ("social-graph", "timeline", "imagegen")
        for way, offset in by_writer.items()
    ] + [
        Mishap(
            "clock-gateway-ahead",
            "the clock of one gateway is 4 s ahead for 20 s",
            deeds.put_clock_wrong("gateway", "+4s"),
            MOVES_ON,
            clock="gateway",
        )
    ]


def _littered() -> list[Mishap]:
    topics = {topic.split(".")[1]: topic for topic in topic_catalogue().logs}
    return (
        [
            Mishap(
                f"rubbish-{name}",
                "unreadable records, and such as contradict themselves, at the end of the topic",
                deeds.litter(topic),
                MOVES_ON,
            )
            for name, topic in topics.items()
        ]
        + [
            Mishap(
                f"numbers-{name}",
                "records with impossible positions, epochs and times at the end of the topic",
                deeds.number_wrongly(topic),
                MOVES_ON,
            )
            for name, topic in topics.items()
        ]
        + [
            Mishap(
                f"foreign-{topic.split('.')[1]}",
                "a stranger takes the writer's next position, twenty times",
                deeds.intrude(topic),
                MOVES_ON,
            )
            for topic in (FEED, GRAPH)
        ]
    )


MISHAPS: Sequence[Mishap] = (
    *_killed(),
    *_killed_together(),
    *_paused(),
    *_lost(),
    *_littered(),
    *_wrong_clocks(),
    *_full(),
)


def choose(patterns: str = "", slice_number: str = "") -> list[Mishap]:
    """Return the mishaps that patterns (`full-disk-*`) name, or the one that a number chooses.

    Raises:
        StackError: A pattern names none, or the number is none.
    """
    if slice_number:
        return [choose_one(MISHAPS, slice_number)]
    wanted = patterns.replace(",", " ").split() or ["*"]
    for pattern in wanted:
        if not any(fnmatchcase(mishap.name, pattern) for mishap in MISHAPS):
            names = ", ".join(mishap.name for mishap in MISHAPS)
            raise StackError(f"There is no mishap {pattern}. There are: {names}.")
    return [mishap for mishap in MISHAPS if any(fnmatchcase(mishap.name, name) for name in wanted)]
