"""Two instances of every service run on the stack, and say so."""

from __future__ import annotations

import httpx
import pytest

from kanvas_local.ports import address
from kanvas_local.services import SERVICES
from kanvas_local.stack import Stack


@pytest.mark.parametrize("instance", [1, 2])
@pytest.mark.parametrize("service", SERVICES)
async def test_every_instance_is_ready(services: Stack, service: str, instance: int) -> None:
    async with httpx.AsyncClient() as client:
        url = f"http://{address(services.ports.ops(service, instance))}/readyz"
        assert (await client.get(url)).status_code == 200


async def test_the_page_is_served_at_the_base_port(services: Stack) -> None:
    async with httpx.AsyncClient() as client:
        page = await client.get(f"http://{address(services.base)}/")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
