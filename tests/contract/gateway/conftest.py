from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import structlog

from kanvas_gateway.tokens import Tokens
from tests.contract.gateway.live_stream import Live, StartLive, make_tokens, running_live
from tests.contract.gateway.rest_services import Rest, running_rest


@pytest.fixture(autouse=True, scope="session")
def _plain_logs() -> None:
    # The default renders every exception in colours, which takes half a minute for a deep one.
    structlog.configure(processors=[structlog.processors.KeyValueRenderer()])


@pytest.fixture
def tokens(tmp_path: Path) -> Tokens:
    return make_tokens(tmp_path)


@pytest.fixture
async def start_live(tokens: Tokens) -> AsyncIterator[StartLive]:
    async with running_live(tokens) as start:
        yield start


@pytest.fixture
async def live(start_live: StartLive) -> Live:
    started: Live = await start_live()
    return started


@pytest.fixture
async def rest(tokens: Tokens, tmp_path: Path) -> AsyncIterator[Rest]:
    """REST over doubled services, with a small page."""
    root = tmp_path / "page"
    (root / "assets").mkdir(parents=True)
    (root / "index.html").write_text("<!doctype html>page")
    (root / "assets" / "main-1a2b.js").write_text("let x = 1;" * 200)
    async with running_rest(tokens, root) as running:
        yield running
