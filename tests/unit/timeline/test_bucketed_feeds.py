"""Merging feeds in buckets: the same answer as sorting everything, with few rounds of reads."""

from collections.abc import Iterable, Sequence

from hypothesis import given
from hypothesis import strategies as st

from kanvas_timeline.adapters.bucketed_feeds import INDEX_PAGE, newest_lines
from kanvas_timeline.concurrent_calls import Call
from kanvas_timeline.domain.posts import Ref

WIDTH = 10


class Buckets:
    """Feeds of refs by position, in buckets of ten positions."""

    def __init__(self, feeds: dict[str, set[int]]) -> None:
        self.refs = {
            feed: sorted((Ref(at, f"p{at}", "ada") for at in positions), reverse=True)
            for feed, positions in feeds.items()
        }
        self.rounds = 0
        self.reads = 0

    async def newest(self, before: int, limit: int) -> list[Ref]:
        async def read_index(feed: str, below: int, most: int) -> Sequence[int]:
            buckets = {ref.created_position // WIDTH for ref in self.refs[feed]}
            return sorted((b for b in buckets if b < below), reverse=True)[:most]

        async def read_bucket(feed: str, bucket: int) -> Sequence[Ref]:
            self.reads += 1
            inside = [r for r in self.refs[feed] if r.created_position // WIDTH == bucket]
            return [ref for ref in inside if ref.created_position < before][:limit]

        async def concurrently(calls: Iterable[Call]) -> None:
            self.rounds += 1
            for call in calls:
                await call()

        return await newest_lines(
            self.refs,
            top=(before - 1) // WIDTH,
            limit=limit,
            read_index=read_index,
            read_bucket=read_bucket,
            concurrently=concurrently,
        )


@given(
    st.dictionaries(st.sampled_from("abcd"), st.sets(st.integers(1, 999), max_size=40), max_size=4),
    st.integers(1, 1001),
    st.integers(1, 30),
)
async def test_is_as_sorting_everything(
    feeds: dict[str, set[int]], before: int, limit: int
) -> None:
    found = await Buckets(feeds).newest(before, limit)
    positions = set().union(*feeds.values())  # what stands in several feeds is there once
    everything = sorted((at for at in positions if at < before), reverse=True)
    assert [ref.created_position for ref in found] == everything[:limit]


async def test_a_sparse_feed_does_not_cost_a_round_for_each_line() -> None:
    buckets = Buckets({"a": set(range(5, 5000, WIDTH))})
    found = await buckets.newest(5001, 30)
    assert len(found) == 30
    assert buckets.rounds <= 12
    assert buckets.reads <= 30 + INDEX_PAGE


async def test_a_dense_feed_is_read_no_further_than_needed() -> None:
    buckets = Buckets({"a": set(range(1, 5000))})
    await buckets.newest(5000, 5)
    assert buckets.reads == 1
