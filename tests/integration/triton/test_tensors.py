"""Tensors to and from a Python model of a real Triton, on the Python that runs the tests."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tritonclient.grpc.aio as triton

from tests.integration.imagegen.triton_server import TritonServer, triton_server
from tests.patience import PATIENCE_SECONDS

MODELS = Path(__file__).with_name("model_repository")
KEPT_KIB = 4096
"""What the allocator may keep. A leak of 100 bytes a tensor would be more than twice of it."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TritonServer]:
    """Triton with the model `mirror`, which sends text back."""
    with triton_server(tmp_path_factory.mktemp("triton"), MODELS) as server:
        server.start()
        yield server


async def mirrored(
    target: str, text: str, *, times: int = 1, inside: int = 1
) -> list[tuple[str, int]]:
    """Return what `mirror` sends back, `times` times, and what its process has resident, in KiB."""
    arrays: dict[str, np.ndarray[Any, Any]] = {
        "text": np.frombuffer(text.encode(), np.uint8),
        "times": np.array([times], np.int32),
        "inside": np.array([inside], np.int32),
    }
    inputs = []
    for name, array in arrays.items():
        datatype = "UINT8" if name == "text" else "INT32"
        inputs.append(triton.InferInput(name, list(array.shape), datatype))
        inputs[-1].set_data_from_numpy(array)

    async def request() -> AsyncIterator[dict[str, object]]:
        yield {"model_name": "mirror", "inputs": inputs}

    got = []
    client = triton.InferenceServerClient(target)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            # To its end: Triton 2.51 may die of a stream that is left as it ends.
            async for result, error in client.stream_infer(request()):
                assert error is None, error
                words = result.as_numpy("text").tobytes().decode()
                got.append((words, int(result.as_numpy("memory")[0])))
    finally:
        await client.close()
    return got


@pytest.mark.parametrize("text", ["", "a fox", "füchsin \U0001f98a", "x" * 100_000])
async def test_text_goes_there_and_back(server: TritonServer, text: str) -> None:
    got = await mirrored(server.target, text, times=3)
    assert [words for words, _memory in got] == [text] * 3


async def test_a_hundred_thousand_tensors_leave_nothing_behind(server: TritonServer) -> None:
    """Neither memory, be they sent or dropped, nor lines in the log."""
    text = "a fox in the snow"
    before = (await mirrored(server.target, text, times=1000, inside=5))[-1][1]
    sent = (await mirrored(server.target, text, times=5000))[-1][1]
    dropped = (await mirrored(server.target, text, inside=100_000))[-1][1]
    large = (await mirrored(server.target, text * 5000, times=20, inside=50))[-1][1]
    assert max(sent, dropped, large) - before < KEPT_KIB
    assert "PyCapsule" not in server.log()
