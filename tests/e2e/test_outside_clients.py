"""What others use to look at Kanvas: kcat, promtool, gRPC reflection, a plain WebSocket script."""

import asyncio
import json
import shutil
import subprocess
import urllib.request
from collections.abc import Mapping
from typing import Any

import grpc
import pytest
import websockets
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from kanvas.feed.v1.records_pb2 import FeedRecord
from kanvas_local.demo.client import Session
from kanvas_local.ports import address
from kanvas_local.stack import Stack
from tests.patience import PATIENCE_SECONDS

SERVICES = {
    "gateway": "kanvas.gateway.v1.GatewayService",
    "social-graph": "kanvas.graph.v1.SocialGraphService",
    "timeline": "kanvas.timeline.v1.TimelineService",
    "imagegen": "kanvas.imagegen.v1.ImageGenerationService",
}


async def sign_up(stack: Stack, handle: str) -> Session:
    session = Session([f"http://{address(stack.ports.http(1))}"])
    await session.sign_up(handle, "Outside", "an outside password")
    return session


async def read_feed(stack: Stack, form: str, account: Mapping[str, Any]) -> bytes:
    """Return what kcat prints of the whole feed, in this form, once an account is copied there."""
    command = ["kcat", "-C", "-b", stack.kafka, "-t", "kanvas.feed.v1", "-e", "-q"]
    command += ["-X", "isolation.level=read_committed", "-f", form]
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            done = await asyncio.to_thread(
                subprocess.run, command, capture_output=True, timeout=PATIENCE_SECONDS, check=True
            )
            if str(account["id"]).encode() in done.stdout:
                return done.stdout


@pytest.mark.skipif(shutil.which("kcat") is None, reason="kcat is a Debian package")
async def test_kcat_reads_the_feed(services: Stack) -> None:
    session = await sign_up(services, "kcat_reader")
    await session.close()
    printed = await read_feed(services, "%h\\t%k\\t%S\\n", session.account)
    rows = [line.split("\t") for line in printed.decode().splitlines()]
    assert any(key == f"account:{session.account['id']}" for _, key, _ in rows)
    for headers, _, _ in rows:
        assert "ce_specversion=1.0" in headers
        assert "content-type=application/protobuf" in headers
    assert b"kcat_reader" not in printed, "personal text stands in values only"


@pytest.mark.skipif(shutil.which("kcat") is None, reason="kcat is a Debian package")
async def test_a_value_is_plain_protobuf(services: Stack) -> None:
    session = await sign_up(services, "kcat_decoder")
    await session.close()
    printed = await read_feed(services, "%S\\n%s", session.account)
    records, rest = [], printed
    while rest:
        size, _, rest = rest.partition(b"\n")
        records.append(FeedRecord.FromString(rest[: int(size)]))
        rest = rest[int(size) :]
    positions = [record.meta.position for record in records]
    assert positions == sorted(set(positions))
    assert any(record.account.handle == "kcat_decoder" for record in records)


@pytest.mark.parametrize("service", SERVICES)
async def test_reflection_lists_the_services(services: Stack, service: str) -> None:
    target = address(services.ports.grpc(service, 1))
    async with grpc.aio.insecure_channel(target) as channel:
        stub = reflection_pb2_grpc.ServerReflectionStub(channel)
        request = reflection_pb2.ServerReflectionRequest(list_services="")
        async for response in stub.ServerReflectionInfo(
            iter([request]), timeout=PATIENCE_SECONDS, wait_for_ready=True
        ):
            names = {found.name for found in response.list_services_response.service}
            assert {SERVICES[service], "grpc.health.v1.Health"} <= names
            return
    pytest.fail("no answer")


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is in Debian's prometheus")
@pytest.mark.parametrize("service", SERVICES)
def test_promtool_accepts_the_metrics(services: Stack, service: str) -> None:
    url = f"http://{address(services.ports.ops(service, 1))}/metrics"
    with urllib.request.urlopen(url, timeout=PATIENCE_SECONDS) as response:
        text = response.read()
    done = subprocess.run(
        ["promtool", "check", "metrics"],
        input=text,
        capture_output=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()


async def test_a_plain_socket_streams_public_posts(services: Stack) -> None:
    session = await sign_up(services, "plain_reader")
    url = (await session.get("/v1/config"))["stream_url"]
    await session.close()
    async with websockets.connect(url, open_timeout=PATIENCE_SECONDS) as socket:
        hello = json.loads(await socket.recv())
        assert (hello["type"], hello["protocol"]) == ("hello", "kanvas.stream.v1")
        await socket.send(json.dumps({"type": "subscribe", "id": "1", "stream": "global"}))
        while (answer := json.loads(await socket.recv()))["type"] == "heartbeat":
            continue
        assert (answer["type"], answer["state"]) == ("subscribed", "live")
