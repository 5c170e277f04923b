"""The collage model in a real Triton: previews, the picture, turns, cancels, refusals."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass

import grpc
import numpy as np
import pytest
import tritonclient.grpc.aio as triton
from PIL import Image

from kanvas_local.stack import Stack
from tests.patience import PATIENCE_SECONDS

HEADERS = {"triton_grpc_error": "true"}  # or a model's error would carry no code
TEXTS = ("prompt", "negative_prompt", "style")


@dataclass(frozen=True)
class Answer:
    kind: str
    step: int
    of: int
    image: bytes
    meta: str
    final: bool


def tensors(prompt: str, **changes: object) -> list[triton.InferInput]:
    values = {
        "prompt": prompt,
        "negative_prompt": "",
        "style": "",
        "seed": 7,
        "width": 256,
        "height": 256,
        "steps": 8,
        "guidance": 0.0,
        **changes,
    }
    inputs = []
    for name, value in values.items():
        if name in TEXTS:
            datatype, array = "UINT8", np.frombuffer(str(value).encode(), dtype=np.uint8)
        elif name == "seed":
            datatype, array = "INT64", np.array([value], dtype=np.int64)
        elif name == "guidance":
            datatype, array = "FP32", np.array([value], dtype=np.float32)
        else:
            datatype, array = "INT32", np.array([value], dtype=np.int32)
        tensor = triton.InferInput(name, list(array.shape), datatype)
        tensor.set_data_from_numpy(array)
        inputs.append(tensor)
    return inputs


async def answers(
    client: triton.InferenceServerClient, prompt: str, **changes: object
) -> AsyncGenerator[Answer, None]:
    async def request() -> AsyncIterator[dict[str, object]]:
        yield {"model_name": "collage", "inputs": tensors(prompt, **changes)}

    async for result, error in client.stream_infer(request(), headers=HEADERS):
        assert error is None, error
        final = result.get_response().parameters["triton_final_response"].bool_param
        yield Answer(
            kind=result.as_numpy("kind").tobytes().decode(),
            step=int(result.as_numpy("step")[0]),
            of=int(result.as_numpy("of")[0]),
            image=result.as_numpy("image").tobytes(),
            meta=result.as_numpy("meta").tobytes().decode(),
            final=final,
        )
        if final:
            return


async def collected(
    client: triton.InferenceServerClient, prompt: str, **changes: object
) -> list[Answer]:
    """Return all answers to an order, which is given again if Triton died over another one.

    Triton 2.51's front end has a race between a stream that ends with an error and its own
    notice of that end, which now and then ends the server with signal 11 (mended in later
    versions). The supervisor starts it again.
    """
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            try:
                async with aclosing(answers(client, prompt, **changes)) as stream:
                    return [answer async for answer in stream]
            except grpc.aio.AioRpcError as error:
                if error.code() is not grpc.StatusCode.UNAVAILABLE:
                    raise
                await asyncio.sleep(0.5)


@pytest.fixture
async def client(stack: Stack) -> AsyncIterator[triton.InferenceServerClient]:
    client = triton.InferenceServerClient(stack.triton_grpc)
    yield client
    await client.close()


async def test_previews_and_then_the_picture(client: triton.InferenceServerClient) -> None:
    got = await collected(client, "a red fox in the snow and a zyxqv", width=512, height=384)
    assert [(answer.kind, answer.step, answer.of, answer.final) for answer in got] == [
        *(("preview", step, 8, False) for step in range(1, 8)),
        ("picture", 8, 8, True),
    ]
    sizes = [Image.open(io.BytesIO(answer.image)).size for answer in got]
    assert sizes == [(256, 192)] * 7 + [(512, 384)]
    meta = json.loads(got[-1].meta)
    assert meta["substitutions"] == ["zyxqv → left out"]
    assert meta["seed"] == 7
    assert "openly licensed drawings" in meta["statement"]


async def test_the_same_seed_and_words_give_the_same_bytes(
    client: triton.InferenceServerClient,
) -> None:
    first = await collected(client, "seekor rubah merah di salju", steps=2)
    second = await collected(client, "seekor rubah merah di salju", steps=2)
    assert [answer.image for answer in first] == [answer.image for answer in second]


async def test_a_short_order_overtakes_a_long_one(client: triton.InferenceServerClient) -> None:
    order: list[str] = []

    async def ask(name: str, steps: int, started: asyncio.Event) -> None:
        order_of = answers(client, "a castle", steps=steps, width=1024, height=1024)
        async with aclosing(order_of) as stream:
            async for _ in stream:
                started.set()
        order.append(name)

    started = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(ask("long", 50, started))
        await started.wait()
        group.create_task(ask("short", 1, asyncio.Event()))
    assert order == ["short", "long"]


async def test_more_orders_than_slots_all_end(client: triton.InferenceServerClient) -> None:
    got = await asyncio.gather(
        *(collected(client, f"{number} cats", steps=2, seed=number) for number in range(1, 11))
    )
    assert [answers[-1].kind for answers in got] == ["picture"] * 10


async def test_a_canceled_order_stops_and_its_slot_is_free(
    client: triton.InferenceServerClient,
) -> None:
    for _ in range(6):  # more than there are slots
        async with aclosing(answers(client, "a castle", steps=50)) as stream:
            async for _answer in stream:
                break
    got = await collected(client, "a cat", steps=1)
    assert got[-1].kind == "picture"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"width": 7}, "width must be 64 to 1024 pixels, not 7"),
        ({"height": 4096}, "height must be 64 to 1024 pixels, not 4096"),
        ({"steps": 0}, "steps must be 1 to 50, not 0"),
        ({"style": "baroque"}, "style must be one of"),
        ({"guidance": 11.0}, "guidance must be 1 to 10, or 0, not 11"),
    ],
)
async def test_an_order_out_of_bounds_is_refused(
    client: triton.InferenceServerClient, changes: dict[str, object], message: str
) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await collected(client, "a cat", **changes)
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert message in (caught.value.details() or "")


async def test_a_refusal_leaves_the_others_alone(client: triton.InferenceServerClient) -> None:
    good, bad = await asyncio.gather(
        collected(client, "a cat", steps=4),
        collected(client, "a cat", steps=0),
        return_exceptions=True,
    )
    assert isinstance(bad, grpc.aio.AioRpcError)
    assert isinstance(good, list)
    assert good[-1].kind == "picture"
