"""The edge on the real stack: two gateways, real logs, a picture that was really painted."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from functools import partial
from http import HTTPStatus
from typing import Any

import grpc
import httpx
import psutil
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from kanvas.gateway.v1.service_pb2 import GetStreamStatusRequest
from kanvas.gateway.v1.service_pb2_grpc import GatewayServiceStub
from kanvas_local.demo.client import Refused, Session
from kanvas_local.ports import address
from kanvas_local.stack import Stack
from kanvas_platform.ids import new_id
from tests.applied import put_until_applied
from tests.patience import PATIENCE_SECONDS, until
from tests.readiness import is_ready

_REST = r'^kanvas_http_requests_total{.*process="rest".*} [1-9]'
_STREAM = r"^kanvas_stream_connections [0-9]"
_PASSWORD = "a long enough password"
_SESSION_ENDED = 4101


class Person:
    """Somebody with an account, who may use either gateway."""

    def __init__(self, stack: Stack, sockets: AsyncExitStack) -> None:
        self._stack = stack
        self._sockets = sockets
        self.rest = [Session([_http(stack, instance)]) for instance in (1, 2)]

    @property
    def id(self) -> str:
        return str(self.rest[0].account["id"])

    async def sign_up(self) -> None:
        handle = f"t{new_id().replace('-', '')[8:30]}"
        await self.rest[0].sign_up(handle, "Tester", _PASSWORD)
        self._use_everywhere()

    async def sign_in(self, handle: str) -> None:
        """Sign in to an account that was made with `sign_up`."""
        await self.rest[0].sign_in(handle, _PASSWORD)
        self._use_everywhere()

    def _use_everywhere(self) -> None:
        self.rest[1].token, self.rest[1].account = self.rest[0].token, self.rest[0].account

    async def close(self) -> None:
        for session in self.rest:
            await session.close()

    async def socket(self, instance: int) -> ClientConnection:
        token = (await self.rest[instance - 1].get("/v1/sessions/current"))["stream_token"]
        url = f"ws://{address(self._stack.ports.stream(instance))}/v1/stream"
        opening = connect(url, open_timeout=PATIENCE_SECONDS)
        socket = await self._sockets.enter_async_context(opening)
        await socket.send(json.dumps({"type": "authenticate", "token": token}))
        assert (await frame(socket, "authenticated"))["account_id"] == self.id
        return socket

    async def subscribe(
        self, stream: str, *, instance: int, position: str | None = None
    ) -> tuple[ClientConnection, dict[str, Any]]:
        socket = await self.socket(instance)
        resume = {} if position is None else {"from": position}
        await socket.send(json.dumps({"type": "subscribe", "id": "s", "stream": stream, **resume}))
        return socket, await frame(socket, "subscribed")

    async def paint(self) -> str:
        """Return a job of this person that has a picture."""
        job = new_id()
        await self.rest[0].post("/v1/jobs", {"id": job, "prompt": "a red fox in the snow"})
        socket = await self.socket(1)
        await socket.send(json.dumps({"type": "subscribe", "id": "j", "stream": f"job:{job}"}))
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (event := await frame(socket, "event"))["event"] != "job.ended":
                continue
        assert event["data"]["job"]["state"] == "succeeded"
        return job

    async def publish(
        self, job: str, *, instance: int = 1, visibility: str = "public"
    ) -> dict[str, Any]:
        body = {"id": new_id(), "job_id": job, "caption": "Snow", "alt_text": "A fox in the snow"}
        body["visibility"] = visibility
        made: dict[str, Any] = await self.rest[instance - 1].post("/v1/posts", body)
        return made


def _http(stack: Stack, instance: int) -> str:
    return f"http://{address(stack.ports.http(instance))}"


async def frame(socket: ClientConnection, kind: str) -> dict[str, Any]:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            found: dict[str, Any] = json.loads(await socket.recv())
            if found["type"] == kind:
                return found


@pytest.fixture
async def people(services: Stack) -> AsyncIterator[tuple[Person, Person]]:
    """Return a painter, and somebody who follows her."""
    async with AsyncExitStack() as sockets:
        painter, reader = Person(services, sockets), Person(services, sockets)
        for person in (painter, reader):
            sockets.push_async_callback(person.close)
            await person.sign_up()
        await put_until_applied(reader.rest[0], f"/v1/accounts/{painter.id}/follow")
        yield painter, reader


@pytest.fixture
async def devices(services: Stack) -> AsyncIterator[tuple[Person, Person]]:
    """Return one person twice: as at home, and as on a device that was lost."""
    async with AsyncExitStack() as sockets:
        owner, lost = Person(services, sockets), Person(services, sockets)
        for device in (owner, lost):
            sockets.push_async_callback(device.close)
        await owner.sign_up()
        await lost.sign_in(str(owner.rest[0].account["handle"]))
        yield owner, lost


@pytest.fixture
async def job(people: tuple[Person, Person]) -> str:
    return await people[0].paint()


async def test_a_post_reaches_followers_on_every_gateway(
    people: tuple[Person, Person], job: str
) -> None:
    painter, reader = people
    sockets = [(await reader.subscribe("home", instance=one))[0] for one in (1, 2)]
    made = await painter.publish(job, instance=2)
    for socket in sockets:
        event = await frame(socket, "event")
        assert (event["event"], event["pos"]) == ("post.created", made["position"])
        assert event["data"]["id"] == made["post"]["id"]
        assert len(event["trace"]) == 32


async def test_ones_own_write_is_read_anywhere(people: tuple[Person, Person], job: str) -> None:
    painter, reader = people
    made = await painter.publish(job)
    for session in (*painter.rest, *reader.rest):
        path = f"/v1/posts/{made['post']['id']}"
        found = await session.get(path, at_least=made["position"])
        assert found["post"]["caption"] == "Snow"
        page = await session.get("/v1/feeds/home", at_least=made["position"])
        assert page["items"][0]["id"] == made["post"]["id"]


async def test_a_place_kept_at_one_gateway_is_good_at_the_other(
    people: tuple[Person, Person], job: str
) -> None:
    painter, reader = people
    page = await reader.rest[0].get("/v1/feeds/home")
    posts = [(await painter.publish(job))["post"]["id"] for _ in range(3)]
    first, answer = await reader.subscribe("home", instance=1, position=page["position"])
    assert answer["state"] == "resumed"
    seen = await frame(first, "event")
    await first.close()
    second, answer = await reader.subscribe("home", instance=2, position=seen["pos"])
    assert answer["state"] == "resumed"
    rest = [(await frame(second, "event"))["data"]["id"] for _ in range(2)]
    assert [seen["data"]["id"], *rest] == posts


async def test_a_block_is_in_force_when_it_is_answered(
    people: tuple[Person, Person], job: str
) -> None:
    painter, reader = people
    socket, _ = await reader.subscribe("global", instance=2)
    await put_until_applied(painter.rest[0], f"/v1/accounts/{reader.id}/block")
    made = await painter.publish(job)
    own = await reader.publish(await reader.paint())
    events = [await frame(socket, "event")]
    while events[-1].get("pos") != own["position"]:
        events.append(await frame(socket, "event"))
    shown = {event["data"].get("id") for event in events}
    assert "author.hidden" in {event["event"] for event in events}
    assert made["post"]["id"] not in shown


async def test_the_picture_is_served_under_its_hash(
    people: tuple[Person, Person], job: str
) -> None:
    import hashlib

    painter, _ = people
    made = await painter.publish(job)
    url = made["post"]["picture"]["url"]
    content = await painter.rest[1].download(url)
    assert hashlib.sha256(content).hexdigest() == url.split("/")[-1].partition(".")[0]


async def test_a_picture_is_seen_by_those_who_may_see_its_post_and_no_longer(
    services: Stack, people: tuple[Person, Person], job: str
) -> None:
    painter, follower = people
    path = (await painter.rest[0].get(f"/v1/jobs/{job}"))["job"]["picture"]["url"]
    async with httpx.AsyncClient(timeout=PATIENCE_SECONDS) as http:

        async def status(reader: Person | None, instance: int) -> int:
            """Return what a gateway answers to a reader, once it can tell."""
            token = "" if reader is None else reader.rest[0].token
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            async with asyncio.timeout(PATIENCE_SECONDS):
                while True:
                    answer = await http.get(f"{_http(services, instance)}{path}", headers=headers)
                    if answer.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
                        return answer.status_code
                    await asyncio.sleep(0.1)

        async def statuses(reader: Person | None) -> list[int]:
            return [await status(reader, instance) for instance in (1, 2)]

        async def is_gone_for_follower() -> bool:
            return await statuses(follower) == [404, 404]

        assert await statuses(painter) == [200, 200]
        assert await statuses(follower) == await statuses(None) == [404, 404]
        made = await painter.publish(job, visibility="followers")
        assert await statuses(painter) == await statuses(follower) == [200, 200]
        assert await statuses(None) == [404, 404]
        await painter.rest[0].delete(f"/v1/posts/{made['post']['id']}")
        await until(is_gone_for_follower)  # an instance may be a second behind
        assert await statuses(painter) == [200, 200], "it is a picture of hers still"
        await painter.publish(job)
        assert await statuses(None) == await statuses(follower) == [200, 200]


async def test_operators_can_ask_for_the_stream(services: Stack) -> None:
    target = address(services.ports.grpc("gateway", 2))
    async with grpc.aio.insecure_channel(target) as channel:
        stub = GatewayServiceStub(channel)
        status = await stub.GetStreamStatus(
            GetStreamStatusRequest(), timeout=PATIENCE_SECONDS, wait_for_ready=True
        )
    assert status.position >= status.oldest_position
    assert status.ring_bytes >= 0


async def test_a_gateway_that_slept_sends_nothing_old_and_catches_up(
    services: Stack, people: tuple[Person, Person], job: str
) -> None:
    """SIGSTOP for longer than freshness lasts, a block meanwhile: it must not leak afterwards."""
    painter, reader = people
    socket, _ = await reader.subscribe("home", instance=2)
    pid = services.kill("gateway-2", signal.SIGSTOP)
    try:
        hidden = await painter.publish(job)
        await put_until_applied(painter.rest[0], f"/v1/accounts/{reader.id}/block")
        await asyncio.sleep(1.5)  # longer than the second for which a proof of the end is good
    finally:
        os.kill(pid, signal.SIGCONT)
    event = await frame(socket, "event")
    seen = [event]
    while event["event"] != "author.hidden":
        event = await frame(socket, "event")
        seen.append(event)
    assert hidden["post"]["id"] not in {one["data"].get("id") for one in seen}


async def kill_gateway(services: Stack, victim: str) -> None:
    """Kill one of the two processes of the second gateway; return once both are gone."""
    stream = psutil.Process(services.kill("gateway-2", signal.SIGCONT))  # tells its pid
    (rest,) = stream.children()
    (stream if victim == "stream" else rest).kill()
    gone, _ = await asyncio.to_thread(psutil.wait_procs, [stream, rest], timeout=PATIENCE_SECONDS)
    assert set(gone) == {stream, rest}


@pytest.mark.parametrize("victim", ["stream", "rest"])
async def test_the_two_processes_of_a_gateway_die_together_and_come_back(
    services: Stack, victim: str
) -> None:
    await kill_gateway(services, victim)
    metrics = f"http://{address(services.ports.ops('gateway', 2))}/metrics"
    await until(partial(is_ready, services, "gateway", 2))
    async with httpx.AsyncClient(timeout=PATIENCE_SECONDS) as http:
        assert (await http.get(f"{_http(services, 2)}/v1/config")).status_code == 200

        async def measures_both() -> bool:
            measured = (await http.get(metrics)).text
            return all(re.search(line, measured, re.M) for line in (_REST, _STREAM))

        # A request is counted once it was answered, so it may be told a moment later.
        await until(measures_both)


async def sign_out_elsewhere(owner: Person) -> None:
    """End the session of the other device, at the first gateway."""
    listed = (await owner.rest[0].get("/v1/sessions"))["sessions"]
    (other,) = [session["id"] for session in listed if not session["current"]]
    assert (await owner.rest[0].delete(f"/v1/sessions/{other}"))["ended"] == 1


async def is_signed_out(session: Session) -> bool:
    """Return whether the one gateway of a session refuses it, once it can tell."""
    try:
        await session.get("/v1/sessions/current")
    except Refused as refused:
        return bool(refused.problem["reason"] == "SESSION_ENDED")
    return False


async def closing_code(socket: ClientConnection) -> int | None:
    """Return with which code the gateway closes a socket."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        with suppress(ConnectionClosed):
            while True:
                await socket.recv()
    return socket.close_code


async def test_who_is_signed_out_at_one_gateway_is_out_at_all_and_their_sockets_close(
    devices: tuple[Person, Person],
) -> None:
    owner, lost = devices
    sockets = [await lost.socket(instance) for instance in (1, 2)]
    own = [await owner.socket(instance) for instance in (1, 2)]
    await sign_out_elsewhere(owner)
    assert await is_signed_out(lost.rest[0]), "where it was asked for, at once"
    await until(partial(is_signed_out, lost.rest[1]))
    assert [await closing_code(socket) for socket in sockets] == [_SESSION_ENDED] * 2
    for session, socket in zip(owner.rest, own, strict=True):
        assert not await is_signed_out(session)
        await socket.send(json.dumps({"type": "subscribe", "id": "s", "stream": "home"}))
        await frame(socket, "subscribed")


async def test_who_is_signed_out_while_no_timeline_runs_is_out_once_one_does(
    services: Stack, devices: tuple[Person, Person]
) -> None:
    """Timeline copies the end for the other gateway; the one that was asked needs no copy."""
    owner, lost = devices
    socket = await lost.socket(2)
    sleeping = [services.kill(f"timeline-{one}", signal.SIGSTOP) for one in (1, 2)]
    try:
        await sign_out_elsewhere(owner)
        assert await is_signed_out(lost.rest[0])
    finally:
        for pid in sleeping:
            os.kill(pid, signal.SIGCONT)
    await until(partial(is_signed_out, lost.rest[1]))
    assert await closing_code(socket) == _SESSION_ENDED


async def test_a_gateway_that_starts_lets_nobody_in_who_was_signed_out_before(
    services: Stack, devices: tuple[Person, Person]
) -> None:
    owner, lost = devices
    await sign_out_elsewhere(owner)
    await until(partial(is_signed_out, lost.rest[1]))
    await kill_gateway(services, "stream")
    # It is asked until it can tell: what it answers first is what counts.
    assert await is_signed_out(lost.rest[1])
    assert not await is_signed_out(owner.rest[1])
