import asyncio

import pytest
from prometheus_client import REGISTRY

from kanvas_local.stack import Stack
from kanvas_platform.cassandra.errors import KeyspaceMissing, StatementRefused
from kanvas_platform.cassandra.session import CassandraSession
from kanvas_platform.errors import Internal, Overloaded, Unavailable

INSERT = (
    "INSERT INTO posts (author, position, caption, picture) VALUES (?, ?, ?, ?) USING TIMESTAMP ?"
)
SELECT = "SELECT position, caption FROM posts WHERE author = ?"


def in_flight() -> float:
    return REGISTRY.get_sample_value("kanvas_cassandra_in_flight") or 0.0


async def test_rows_come_back_by_name(cassandra: CassandraSession) -> None:
    insert, select = await cassandra.prepare(INSERT), await cassandra.prepare(SELECT)

    assert await cassandra.execute(insert, ("ana", 7, "dawn", b"\x00"), timestamp=7) == []
    rows = await cassandra.execute(select, ("ana",))

    assert [(row.position, row.caption) for row in rows] == [(7, "dawn")]
    assert rows[0] == (7, "dawn")


async def test_the_higher_position_wins_whenever_it_arrives(cassandra: CassandraSession) -> None:
    insert, select = await cassandra.prepare(INSERT), await cassandra.prepare(SELECT)

    await cassandra.execute(insert, ("ana", 7, None, b""), timestamp=9)
    await cassandra.execute(insert, ("ana", 7, "removed since", b""), timestamp=8)

    assert [row.caption for row in await cassandra.execute(select, ("ana",))] == [None]


async def test_the_timestamp_finds_its_place_before_other_parameters(
    cassandra: CassandraSession,
) -> None:
    insert, select = await cassandra.prepare(INSERT), await cassandra.prepare(SELECT)
    update = await cassandra.prepare(
        "UPDATE posts USING TIMESTAMP ? SET caption = ? WHERE author = ? AND position = ?"
    )
    delete = await cassandra.prepare(
        "DELETE FROM posts USING TIMESTAMP ? WHERE author = ? AND position = ?"
    )

    await cassandra.execute(insert, ("ana", 7, "dawn", b""), timestamp=7)
    await cassandra.execute(update, ("dusk", "ana", 7), timestamp=8)
    assert [row.caption for row in await cassandra.execute(select, ("ana",))] == ["dusk"]
    await cassandra.execute(delete, ("ana", 7), timestamp=9)
    assert await cassandra.execute(select, ("ana",)) == []


async def test_a_condition_decides_where_no_position_does(cassandra: CassandraSession) -> None:
    change = await cassandra.prepare(
        "UPDATE posts SET caption = ? WHERE author = ? AND position = ? IF caption = ?"
    )
    make = await cassandra.prepare(
        "UPDATE posts SET caption = ? WHERE author = ? AND position = ? IF caption = null"
    )
    select = await cassandra.prepare(SELECT)

    assert not await cassandra.apply(change, ("dusk", "eve", 1, "dawn"))
    assert await cassandra.apply(make, ("dawn", "eve", 1))
    assert not await cassandra.apply(make, ("noon", "eve", 1))
    assert not await cassandra.apply(change, ("dusk", "eve", 1, "noon"))
    assert await cassandra.apply(change, ("dusk", "eve", 1, "dawn"))
    assert [row.caption for row in await cassandra.execute(select, ("eve",))] == ["dusk"]
    with pytest.raises(ValueError, match="apply it"):
        await cassandra.execute(make, ("dawn", "eve", 1))
    with pytest.raises(ValueError, match="execute it"):
        await cassandra.apply(select, ("eve",))


async def test_a_missing_keyspace_is_no_outage(stack: Stack) -> None:
    with pytest.raises(KeyspaceMissing, match="test_nowhere"):
        await CassandraSession.connect([stack.cassandra], "test_nowhere")


async def test_what_does_not_fit_is_refused_before_it_is_sent(cassandra: CassandraSession) -> None:
    insert, select = await cassandra.prepare(INSERT), await cassandra.prepare(SELECT)

    with pytest.raises(ValueError, match="needs a timestamp"):
        await cassandra.execute(insert, ("ana", 7, "dawn", b""))
    with pytest.raises(ValueError, match="needs a timestamp"):
        await cassandra.execute(insert, ("ana", 7, "dawn", b""), timestamp=0)
    with pytest.raises(ValueError, match="takes no timestamp"):
        await cassandra.execute(select, ("ana",), timestamp=7)
    with pytest.raises(ValueError, match="takes 4 parameters, not 3"):
        await cassandra.execute(insert, ("ana", 7, "dawn"), timestamp=7)
    with pytest.raises(ValueError, match="without USING TIMESTAMP"):
        await cassandra.prepare("INSERT INTO posts (author, position) VALUES (?, ?)")


async def test_pages_hold_every_row_once(cassandra: CassandraSession) -> None:
    insert, select = await cassandra.prepare(INSERT), await cassandra.prepare(SELECT)
    async with asyncio.TaskGroup() as group:
        for position in range(1, 26):
            group.create_task(
                cassandra.execute(insert, ("ana", position, "", b""), timestamp=position)
            )

    sizes, positions, state = [], [], None
    while True:
        page = await cassandra.page(select, ("ana",), page_size=10, paging_state=state)
        sizes.append(len(page.rows))
        positions += [row.position for row in page.rows]
        state = page.paging_state
        if state is None:
            break

    assert positions == list(range(25, 0, -1))
    assert max(sizes) == 10


async def test_execute_never_cuts_rows_off_silently(
    cassandra: CassandraSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert, select = await cassandra.prepare(INSERT), await cassandra.prepare(SELECT)
    for position in (1, 2, 3):
        await cassandra.execute(insert, ("ana", position, "", b""), timestamp=position)

    monkeypatch.setattr("kanvas_platform.cassandra.session._MOST_ROWS", 2)
    with pytest.raises(Internal, match="more than 2 rows"):
        await cassandra.execute(select, ("ana",))


async def test_waiting_for_room_is_bounded_in_time_and_number(stack: Stack, keyspace: str) -> None:
    del keyspace
    session = await CassandraSession.connect([stack.cassandra], "system", max_in_flight=1)
    select = await session.prepare("SELECT key FROM local")

    calls = [session.execute(select, timeout=10) for _ in range(40)]
    results = await asyncio.gather(*calls, return_exceptions=True)
    await session.close()

    refused = [result for result in results if isinstance(result, Overloaded)]
    # All calls reach the semaphore before the first answer: one runs, sixteen wait.
    assert len(refused) == 40 - 1 - 16
    assert len([result for result in results if isinstance(result, list)]) == 17


async def test_a_cancelled_call_gives_its_room_back_when_the_driver_is_done(
    cassandra: CassandraSession,
) -> None:
    select = await cassandra.prepare(SELECT)
    before = in_flight()
    calls = [asyncio.create_task(cassandra.execute(select, ("ana",))) for _ in range(8)]
    await asyncio.sleep(0)  # each runs until it waits for its answer
    assert in_flight() == before + 8
    for call in calls:
        call.cancel()
    await asyncio.gather(*calls, return_exceptions=True)
    assert all(call.cancelled() for call in calls)

    # All eight places come back, or this would wait for ever.
    again = [cassandra.execute(select, ("ana",), timeout=20) for _ in range(8)]
    assert await asyncio.gather(*again) == [[]] * 8
    assert in_flight() == before


async def test_never_more_in_flight_than_there_is_room(cassandra: CassandraSession) -> None:
    insert = await cassandra.prepare(INSERT)
    before, most = in_flight(), 0.0
    writing = asyncio.gather(
        *(
            cassandra.execute(insert, ("ana", n, "x" * 100, b""), timestamp=n, timeout=30)
            for n in range(1, 101)
        )
    )
    # That this loop turns at all while the driver works is half of the test.
    while not writing.done():
        most = max(most, in_flight() - before)
        await asyncio.sleep(0)
    await writing

    assert most == 8


async def test_nonsense_is_refused_for_good(cassandra: CassandraSession) -> None:
    with pytest.raises(StatementRefused):
        await cassandra.prepare("SELECT nothing FROM posts")
    with pytest.raises(StatementRefused):
        await cassandra.prepare("SELECT FROM WHERE FROM posts")


async def test_a_keyspace_that_is_not_there_yet_is_unavailable(stack: Stack) -> None:
    with pytest.raises(Unavailable):
        await CassandraSession.connect([stack.cassandra], "no_such_keyspace")


async def test_nobody_there_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        await CassandraSession.connect([("127.0.0.1", 1)], "system")


async def test_a_closed_session_is_unavailable(stack: Stack) -> None:
    session = await CassandraSession.connect([stack.cassandra], "system")
    select = await session.prepare("SELECT key FROM local")
    await session.close()
    with pytest.raises(Unavailable):
        await session.execute(select)
