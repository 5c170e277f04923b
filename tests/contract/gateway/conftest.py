from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kanvas_gateway.tokens import Tokens
from tests.contract.gateway.live_stream import Live, StartLive, make_tokens, running_live


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
