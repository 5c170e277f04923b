"""Positions: how the writer numbers the records of a log.

A position is a positive int64, `epoch * 2**40 + n`, where the first record of an epoch has n = 1
and each further record its predecessor plus one. 0 stands for "before the first record".
Positions survive what Kafka offsets do not: transaction markers, mirroring, a topic made anew.
"""

EPOCH_BITS = 40
_NUMBER_MASK = (1 << EPOCH_BITS) - 1


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
    return epoch_of(position) > epoch_of(previous) and position & _NUMBER_MASK == 1
