"""Seeds a small demo world once, so that the first page that somebody opens is not empty.

`python -m kanvas_local.demo.seed --base 8080 --file .local/data/seed.json`. The file holds the ids
and the password that were drawn, so that a seed which was cut short goes on where it stopped:
every step is repeated with the same ids.
"""

import argparse
import asyncio
import json
import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kanvas_local.demo.client import GaveUp, Refused, Session
from kanvas_local.demo.story import finished
from kanvas_local.ports import Ports, address
from kanvas_platform.ids import new_id


@dataclass(frozen=True)
class SeedPicture:
    """A post to be made."""

    handle: str
    prompt: str
    caption: str
    alt_text: str


PEOPLE = {"mira": "Mira", "juno": "Juno", "oskar": "Oskar"}

PICTURES = (
    SeedPicture("mira", "a castle at sunset", "Last light.", "A castle before an evening sky."),
    SeedPicture(
        "juno", "two penguins in the snow at night", "Night walk.", "Two penguins at night."
    ),
    SeedPicture(
        "oskar", "a sailing boat on the sea", "Fair wind.", "A sailing boat on calm water."
    ),
    SeedPicture(
        "mira", "a bear in the forest, watercolour", "Found it.", "A bear among green trees."
    ),
    SeedPicture("juno", "a rocket in space next to the moon", "Up we go.", "A rocket by the moon."),
    SeedPicture("oskar", "a train in the desert at sunset", "Home.", "A train between dunes."),
)


def main() -> int:
    """Exit with 0 once the world is seeded, 1 when it could not be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", type=int, default=8080)
    parser.add_argument("--file", type=Path, default=Path(".local/data/seed.json"))
    arguments = parser.parse_args()
    try:
        asyncio.run(_seed(f"http://{address(Ports(arguments.base).http(1))}", arguments.file))
    except (GaveUp, Refused, RuntimeError) as error:
        sys.stderr.write(f"The demo world could not be seeded: {error}\n")
        return 1
    return 0


async def _seed(gateway: str, file: Path) -> None:
    plan = _plan(file)
    if plan["done"]:
        return
    sessions = {handle: Session([gateway]) for handle in PEOPLE}
    try:
        for handle, session in sessions.items():
            await session.sign_up(handle, PEOPLE[handle], plan["password"])
        for session in sessions.values():
            for other in sessions.values():
                if other is not session:
                    await session.put(f"/v1/accounts/{other.account['id']}/follow")
        for number, picture in enumerate(PICTURES):
            sys.stdout.write(f"  painting for the demo world: {number + 1}/{len(PICTURES)}\n")
            sys.stdout.flush()
            await _post(sessions[picture.handle], picture, plan["ids"][number])
    finally:
        for session in sessions.values():
            await session.close()
    _write(file, {**plan, "done": True})


def _plan(file: Path) -> Mapping[str, Any]:
    if file.exists():
        found: Mapping[str, Any] = json.loads(file.read_text())
        return found
    plan = {
        "password": secrets.token_urlsafe(18),
        "ids": [[new_id(), new_id()] for _ in PICTURES],
        "done": False,
    }
    _write(file, plan)
    return plan


def _write(file: Path, plan: Mapping[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_suffix(".new")
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
        json.dump(plan, stream)
    temporary.replace(file)


async def _post(session: Session, picture: SeedPicture, ids: list[str]) -> None:
    job_id, post_id = ids
    await session.post("/v1/jobs", {"id": job_id, "prompt": picture.prompt})
    await finished(session, job_id)
    body = {
        "id": post_id,
        "job_id": job_id,
        "caption": picture.caption,
        "alt_text": picture.alt_text,
        "visibility": "public",
    }
    await session.post("/v1/posts", body)


if __name__ == "__main__":
    sys.exit(main())
