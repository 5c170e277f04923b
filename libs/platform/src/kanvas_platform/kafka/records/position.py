"""Positions: how the writer numbers the records of a log.

A position is a positive int64, `epoch * 2**40 + n`, where the first record of an epoch has n = 1
and each further record its predecessor plus one. 0 stands for "before the first record".
Positions survive what Kafka offsets do not: transaction markers, mirroring, a topic made anew.

A log may hold a record that its writer did not make, with any numbers in it. The bounds below are
far beyond what a writer can reach and far below what would stop one: a record beyond them is
refused by every reader, and the log goes on.
"""

from typing import Final

EPOCH_BITS = 40
_NUMBER_MASK = (1 << EPOCH_BITS) - 1

EPOCH_MAX: Final = 1 << 20
"""Highest epoch. One is used up each time a backup is restored."""

EPOCHS_AHEAD_MAX: Final = 1 << 10
"""How many epochs may be skipped at once, where nothing of the ones between is left."""

STEP_MAX: Final = 1 << 36
"""Highest distance between two records that follow each other: what compaction leaves out between
them. At 4,000 records a second, as many as one writer makes, that is half a year of them."""

POSITION_MAX: Final = ((EPOCH_MAX + 1) << EPOCH_BITS) - 1
"""Highest position; it leaves room in an int64."""


def epoch_of(position: int) -> int:
    """Return the epoch in which a position was given; 0 for the position before the first."""
    return position >> EPOCH_BITS


def before_epoch(epoch: int) -> int:
    """Return the position that precedes the first record of an epoch."""
    return epoch << EPOCH_BITS


def is_next(position: int, previous: int) -> bool:
    """Tell whether no record is missing between two positions.

    Args:
        position: Position of a record.
        previous: Position of the record before it in the log, 0 where there is none.
    """
    if position == previous + 1:
        return True
    return is_next_epoch(epoch_of(position), epoch_of(previous)) and position & _NUMBER_MASK == 1


def may_follow(position: int, previous: int) -> bool:
    """Tell whether a writer can have given a position, where a reader has come to `previous`.

    True also for positions at or below it, which repeat what has been read.
    """
    if position <= previous + STEP_MAX:
        return position > 0
    return (
        is_next_epoch(epoch_of(position), epoch_of(previous))
        and position & _NUMBER_MASK <= STEP_MAX
    )


def is_next_epoch(epoch: int, previous: int) -> bool:
    """Tell whether a log that has come to one epoch can go on in another, later one."""
    return previous < epoch <= min(EPOCH_MAX, previous + EPOCHS_AHEAD_MAX)
