"""What people write stands in records, and nowhere that operators look."""

import httpx

from kanvas_local.demo.client import Session
from kanvas_local.demo.story import finished
from kanvas_local.ports import address
from kanvas_local.stack import SERVICES, Stack
from kanvas_platform.ids import new_id
from tests.patience import PATIENCE_SECONDS

SENTINELS = {
    "display_name": "Quetzalcoatlus",
    "prompt": "a fox beside a Xylospongium",
    "caption": "#Zenzizenzizenzic",
    "alt_text": "Honorificabilitudinitatibus",
    "password": "Llanfairpwllgwyngyll",
}
WORDS = ("Quetzalcoatlus", "Xylospongium", "Zenzizenzizenzic", "Honorific", "Llanfair")


async def write_personal_text(gateway: str) -> None:
    session = Session([gateway])
    await session.sign_up(f"p{new_id()[-12:]}", SENTINELS["display_name"], SENTINELS["password"])
    job_id = new_id()
    await session.post("/v1/jobs", {"id": job_id, "prompt": SENTINELS["prompt"]})
    await finished(session, job_id)
    post = {
        "id": new_id(),
        "job_id": job_id,
        "caption": SENTINELS["caption"],
        "alt_text": SENTINELS["alt_text"],
        "visibility": "public",
    }
    made = await session.post("/v1/posts", post)
    page = await session.get("/v1/feeds/tags/Zenzizenzizenzic", at_least=made["position"])
    assert page["items"][0]["id"] == post["id"]
    await session.close()


async def test_no_personal_text_in_logs_and_metrics(services: Stack) -> None:
    await write_personal_text(f"http://{address(services.ports.http(1))}")
    told = {log.name: log.read_text(errors="replace") for log in services.layout.log.glob("*.log")}
    async with httpx.AsyncClient(timeout=PATIENCE_SECONDS) as http:
        for service in SERVICES:
            for instance in (1, 2):
                url = f"http://{address(services.ports.ops(service, instance))}/metrics"
                told[url] = (await http.get(url)).text
    assert len(told) > 2 * len(SERVICES)
    found = [(where, word) for where, text in told.items() for word in WORDS if word in text]
    assert found == []
