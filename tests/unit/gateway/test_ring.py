from hypothesis import given
from hypothesis import strategies as st

from kanvas_gateway.stream.ring import Entry, Ring
from kanvas_gateway.stream.streams import Event, Telling


def entry(position: int, *, time: float = 0.0, post: str = "", size: int = 10) -> Entry:
    event = Event(b"e" * 2 * size)
    return Entry(position, time, subject=post, told={"global": Telling(event, event)})


def positions(ring: Ring, cursor: int) -> list[int]:
    return [one.position for one in ring.after(cursor, ring.head)]


def test_the_first_entry_sets_the_floor() -> None:
    ring = Ring(max_bytes=10**6, max_age=60)
    ring.append(entry(41))
    ring.append(entry(42))
    assert (ring.floor, ring.head) == (40, 42)
    assert positions(ring, 40) == [41, 42]
    assert ring.broken_after(40) is None
    assert ring.broken_after(39) == "POSITION_TOO_OLD"


def test_bytes_are_bounded_and_counted() -> None:
    ring = Ring(max_bytes=10_000, max_age=60)
    for position in range(1, 200):
        ring.append(entry(position, size=300))
    assert ring.size <= 10_000
    assert ring.size == sum(one.size for one in ring.after(ring.floor, ring.head))
    assert ring.head == 199


def test_age_is_bounded_but_the_newest_stays() -> None:
    ring = Ring(max_bytes=10**6, max_age=60)
    for position in range(1, 6):
        ring.append(entry(position, time=position * 10.0))
    ring.forget(now=95.0)
    assert ring.floor == 3
    ring.forget(now=10_000.0)
    assert positions(ring, ring.floor) == [5]


def test_a_later_record_blanks_the_earlier_one_about_the_same_post_or_account() -> None:
    ring = Ring(max_bytes=10**6, max_age=60)
    ring.append(entry(1, post="a"))
    ring.append(entry(2, post="b"))
    ring.append(entry(3, post="a"))
    assert [(one.position, bool(one.told)) for one in ring.after(0, 3)] == [
        (1, False),
        (2, True),
        (3, True),
    ]
    assert ring.size == sum(one.size for one in ring.after(0, 3))


def account(position: int, *, gone: bool, author: str = "ana") -> Entry:
    event = Event(b"account")
    return Entry(
        position,
        0.0,
        author_id=author,
        subject=f"account:{author}",
        told={"global": Telling(event, event)},
        account_gone=gone,
    )


def by(author: str, position: int) -> Entry:
    one = entry(position, post=str(position))
    one.author_id = author
    return one


def test_nothing_is_read_of_earlier_posts_of_an_account_while_it_is_gone() -> None:
    ring = Ring(max_bytes=10**6, max_age=60)
    for one in (by("ana", 1), by("ben", 2), account(3, gone=True), by("ana", 4)):
        ring.append(one)
    assert [bool(one.told) for one in ring.after(0, 4)] == [False, True, True, True]
    ring.append(account(5, gone=False))
    assert [bool(one.told) for one in ring.after(0, 5)] == [True, True, False, True, True]


def test_what_is_known_of_an_account_that_is_gone_falls_out_with_its_record() -> None:
    ring = Ring(max_bytes=10**6, max_age=60)
    for one in (by("ana", 1), account(2, gone=True), by("ana", 3)):
        ring.append(one)
    ring.restart(3, "POSITIONS_LOST")
    ring.append(by("ana", 4))
    ring.append(account(5, gone=True))
    assert [bool(one.told) for one in ring.after(3, 5)] == [False, True]
    ring.append(entry(6, time=100.0))
    ring.forget(now=200.0)
    ring.append(by("ana", 7))
    assert [bool(one.told) for one in ring.after(6, 7)] == [True]


def test_a_later_record_about_a_post_that_fell_out_of_the_ring_blanks_nothing() -> None:
    ring = Ring(max_bytes=10**6, max_age=60)
    ring.append(entry(1, post="a"))
    ring.append(entry(2, time=100.0, post="b"))
    ring.forget(now=100.0)
    ring.append(entry(3, time=100.0, post="a"))
    assert [(one.position, bool(one.told)) for one in ring.after(1, 3)] == [(2, True), (3, True)]
    assert ring.size == sum(one.size for one in ring.after(1, 3))


def test_cursors_from_before_a_restart_are_told_why() -> None:
    ring = Ring(max_bytes=10**6, max_age=60)
    for position in range(1, 4):
        ring.append(entry(position))
    ring.restart(9, "POSITIONS_LOST")
    ring.append(entry(10))
    assert ring.broken_after(3) == "POSITIONS_LOST"
    assert ring.broken_after(9) is None
    ring.append(entry(11, time=100.0))
    ring.forget(now=100.0)
    assert ring.broken_after(9) == "POSITION_TOO_OLD"


def test_a_new_epoch_starts_the_ring_afresh() -> None:
    ring = Ring(max_bytes=10**6, max_age=60)
    ring.append(entry(5))
    ring.append(entry(1 << 40 | 1))
    assert ring.broken_after(5) == "POSITION_TOO_OLD"
    assert positions(ring, 1 << 40) == [1 << 40 | 1]


@given(
    st.lists(st.tuples(st.integers(1, 400), st.sampled_from("abc "), st.floats(0, 50)), min_size=1)
)
def test_stays_dense_and_counts_right(steps: list[tuple[int, str, float]]) -> None:
    ring = Ring(max_bytes=3_000, max_age=20)
    now = 0.0
    for position, (size, post, wait) in enumerate(steps, start=1):
        now += wait
        ring.append(entry(position, time=now, post=post.strip(), size=size))
        ring.forget(now)
        kept = list(ring.after(ring.floor, ring.head))
        assert [one.position for one in kept] == list(range(ring.floor + 1, position + 1))
        assert ring.size == sum(one.size for one in kept)
        assert len(kept) == 1 or (ring.size <= 3_000 and kept[0].time >= now - 20)
