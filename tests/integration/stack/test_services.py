"""Two instances of every service run on the stack, and say so."""

from __future__ import annotations

from functools import partial

import httpx
import pytest

from kanvas_local.ports import address
from kanvas_local.services import SERVICES
from kanvas_local.stack import Stack
from tests.patience import PATIENCE_SECONDS, until
from tests.readiness import is_ready


@pytest.mark.parametrize("instance", [1, 2])
@pytest.mark.parametrize("service", SERVICES)
async def test_every_instance_is_ready(services: Stack, service: str, instance: int) -> None:
    # One that a busy machine has kept from the end of its log is not ready for a moment.
    await until(partial(is_ready, services, service, instance))


async def test_the_page_is_served_at_the_base_port(services: Stack) -> None:
    async with httpx.AsyncClient(timeout=PATIENCE_SECONDS) as client:
        page = await client.get(f"http://{address(services.base)}/")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
