"""The client that docs/api/stream.md shows does what the page says."""

import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from kanvas_platform.ids import new_id
from tests.contract.gateway.live_stream import Live

_PAGE = Path(__file__).parents[3] / "docs" / "api" / "stream.md"


@asynccontextmanager
async def _shown_client(live: Live, folder: Path) -> AsyncIterator[asyncio.StreamReader]:
    block = re.search(r"```python\n(.*?)```", _PAGE.read_text(), re.DOTALL)
    assert block is not None
    script = folder / "client.py"
    script.write_text(block[1])
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-u", str(script), live.url, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        yield process.stdout
    finally:
        process.kill()
        await process.wait()


async def _next(output: asyncio.StreamReader, kind: str) -> dict[str, Any]:
    async with asyncio.timeout(30):
        while True:
            frame: dict[str, Any] = json.loads(await output.readline())
            if frame["type"] == kind:
                return frame


async def test_the_shown_client_streams_and_resumes(live: Live, tmp_path: Path) -> None:
    author = new_id()
    async with _shown_client(live, tmp_path) as output:
        assert (await _next(output, "subscribed"))["state"] == "live"
        first = await live.world.post(author)
        assert (await _next(output, "event"))["data"]["id"] == first
        await live.served()
        live.clock.advance(60)  # without a word of the client
        await live.beat()
        missed = await live.world.post(author)
        assert (await _next(output, "subscribed"))["state"] == "resumed"
        assert (await _next(output, "event"))["data"]["id"] == missed
