import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from kanvas_platform.lifecycle import Readiness
from kanvas_platform.ops import OpsServer
from kanvas_platform.standing import StandingStill


@pytest.fixture
def ready() -> Readiness:
    return Readiness()


@pytest.fixture
async def ops(ready: Readiness) -> AsyncIterator[httpx.AsyncClient]:
    server = OpsServer("127.0.0.1:0", ready)
    task = asyncio.create_task(server.run())
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{await server.port()}", trust_env=False
    ) as client:
        yield client
    task.cancel()
    await asyncio.wait((task,))
    assert task.cancelled()


async def test_it_is_alive_and_ready(ops: httpx.AsyncClient) -> None:
    alive = await ops.get("/livez")
    assert (alive.status_code, alive.json()) == (200, {"missing": []})
    answer = await ops.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"missing": [], "standing_still": []})


class Reader:
    standing: StandingStill | None = None


async def test_what_stands_still_is_told_also_where_traffic_may_come(
    ops: httpx.AsyncClient, ready: Readiness
) -> None:
    reader = Reader()
    ready.watch(Reader(), reader)
    reader.standing = StandingStill("graph", "kanvas.graph.v1", 7, "hole", 0.0, "5 are missing")

    answer = await ops.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "missing": [],
        "standing_still": [
            {
                "reader": "graph",
                "topic": "kanvas.graph.v1",
                "offset": 7,
                "cause": "hole",
                "since": "1970-01-01T00:00:00+00:00",
                "why": "5 are missing",
                "see": "docs/runbook.md#hole",
            }
        ],
    }
    reader.standing = None
    assert (await ops.get("/readyz")).json()["standing_still"] == []


async def test_what_is_missing_is_named_and_does_not_end_life(
    ops: httpx.AsyncClient, ready: Readiness
) -> None:
    ready.require("replica", lambda: False)
    ready.require("cassandra", lambda: True)
    await ready.drain()

    answer = await ops.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"missing": ["draining", "replica"], "standing_still": []}
    assert (await ops.get("/livez")).status_code == 200


async def test_a_loop_that_hangs_is_not_alive(
    ready: Readiness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kanvas_platform.ops._LOOP_ANSWERS_WITHIN", 0.05)
    server = OpsServer("127.0.0.1:0", ready)
    task = asyncio.create_task(server.run())
    url = f"http://127.0.0.1:{await server.port()}"

    # Blocking calls, on purpose: they hold the loop up, and the serving thread must answer.
    with httpx.Client(base_url=url, trust_env=False) as client:
        assert client.get("/livez").json() == {"missing": ["event-loop"]}  # noqa: ASYNC212
        assert client.get("/metrics").status_code == 200  # noqa: ASYNC212

    task.cancel()
    await asyncio.wait((task,))


async def test_metrics_are_exposed(ops: httpx.AsyncClient) -> None:
    answer = await ops.get("/metrics")
    assert answer.status_code == 200
    assert "kanvas_event_loop_lag_seconds" in answer.text


async def test_there_is_nothing_else(ops: httpx.AsyncClient) -> None:
    assert (await ops.get("/")).status_code == 404


async def test_a_taken_port_is_an_error(ops: httpx.AsyncClient, ready: Readiness) -> None:
    with pytest.raises(OSError, match="in use"):
        await OpsServer(f"127.0.0.1:{ops.base_url.port}", ready).run()
