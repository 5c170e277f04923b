"""Whether what runs on the shared stack is ready now."""

import httpx

from kanvas_local.ports import address
from kanvas_local.stack import Stack


async def is_ready(stack: Stack, service: str, instance: int) -> bool:
    """Return whether an instance says that it is ready; one that does not answer is not."""
    url = f"http://{address(stack.ports.ops(service, instance))}/readyz"
    async with httpx.AsyncClient() as http:
        try:
            return (await http.get(url)).status_code == 200
        except httpx.HTTPError:
            return False
