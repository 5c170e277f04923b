"""The sets that a stream filters by travel in parts, however large they are."""

from itertools import chain

from kanvas.timeline.v1 import service_pb2 as pb
from kanvas_platform.ids import new_id
from kanvas_timeline.get_audience import MOST_IN_PART, Audience, in_parts

# What a client of gRPC takes, unless it says otherwise.
MOST_BYTES = 4 << 20


def ids(number: int) -> list[str]:
    return [new_id() for _ in range(number)]


def test_parts_are_small_and_together_the_whole() -> None:
    whole = Audience(ids(2 * MOST_IN_PART + 1), ids(MOST_IN_PART), position=7)
    parts = list(in_parts(whole))
    assert list(chain.from_iterable(part.following_ids for part in parts)) == whole.following_ids
    assert list(chain.from_iterable(part.hidden_ids for part in parts)) == whole.hidden_ids
    assert {part.position for part in parts} == {7}
    for part in parts:
        message = pb.GetAudienceResponse(
            following_ids=part.following_ids, hidden_ids=part.hidden_ids, position=part.position
        )
        assert message.ByteSize() < MOST_BYTES


def test_who_follows_nobody_gets_one_part() -> None:
    whole = Audience([], [], position=7)
    assert list(in_parts(whole)) == [whole]
