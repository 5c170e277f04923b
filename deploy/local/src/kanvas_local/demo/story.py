"""`make demo`: one person paints and posts, another's open socket shows it.

With `posts` above one it goes on for a while, so that somebody may kill or pause any process
meanwhile, and then counts: every acknowledged post exactly once in the feed of each gateway, and
every follower's stream complete and in order.
"""

import asyncio
import base64
import secrets
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kanvas_local.demo.client import Session
from kanvas_local.demo.follower import Follower
from kanvas_platform.ids import new_id

PROMPT = "a red fox in the snow"
FOLLOWERS = 2
PAINTERS = 4
POSTS_PER_SECOND = 5.0
REPAINT_EVERY = 40
JOB_SECONDS = 120.0
ARRIVAL_SECONDS = 60.0


@dataclass
class Report:
    """What a run showed. `faults` is empty when every promise was kept."""

    acknowledged: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    longest_pause: float = 0.0
    repeats: int = 0
    reconnects: int = 0
    picture: Path | None = None


class StepTimes:
    """Prints each step with the time that it took."""

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet
        self._last = time.monotonic()

    def done(self, text: str) -> None:
        """Print one line: what was done since the line before."""
        now = time.monotonic()
        if not self._quiet:
            sys.stdout.write(f"{(now - self._last) * 1000:8.0f} ms  {text}\n")
            sys.stdout.flush()
        self._last = now


async def run_demo(
    gateways: Sequence[str], folder: Path, *, posts: int = 1, quiet: bool = False
) -> Report:
    """Play the story on a running Kanvas, and report.

    Raises:
        GaveUp: No gateway answered.
        Refused: A call was refused for good.
    """
    steps, report = StepTimes(quiet), Report()
    suffix = secrets.token_hex(3)
    async with _people(gateways, suffix) as (painter, followers):
        steps.done(f"signed up @painter_{suffix} and {len(followers)} followers")
        for follower in followers:
            await follower.session.put(f"/v1/accounts/{painter.account['id']}/follow")
        steps.done("they follow")
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(follower.run()) for follower in followers]
            await asyncio.gather(*(follower.live.wait() for follower in followers))
            steps.done("their sockets are open")
            job = await _paint(painter, steps, folder, report)
            await _post_all(painter, job["id"], posts, report, steps)
            await _await_arrival(followers, report, steps)
            for task in tasks:
                task.cancel()
        await _count(painter, followers, report, steps)
    return report


@asynccontextmanager
async def _people(
    gateways: Sequence[str], suffix: str
) -> AsyncIterator[tuple[Session, list[Follower]]]:
    painter = Session(gateways)
    followers = [
        Follower(Session(gateways), "home", name=f"follower {number}")
        for number in range(1, FOLLOWERS + 1)
    ]
    try:
        await painter.sign_up(f"painter_{suffix}", "Painter", secrets.token_urlsafe(12))
        for number, follower in enumerate(followers, 1):
            await follower.session.sign_up(
                f"friend{number}_{suffix}", f"Friend {number}", secrets.token_urlsafe(12)
            )
        yield painter, followers
    finally:
        for session in (painter, *(follower.session for follower in followers)):
            await session.close()


async def _paint(
    painter: Session, steps: StepTimes, folder: Path, report: Report
) -> Mapping[str, Any]:
    answer = await painter.post("/v1/jobs", {"id": new_id(), "prompt": PROMPT})
    watch = Follower(painter, f"job:{answer['job']['id']}", name="painter")
    async with asyncio.TaskGroup() as group:
        streaming = group.create_task(watch.run())
        job = await finished(painter, answer["job"]["id"])
        await watch.until(1, timeout=2.0)
        streaming.cancel()
    previews = [event for event in watch.events if event["event"] == "job.preview"]
    steps.done(f'painted "{PROMPT}" ({len(previews)} previews came while it formed)')
    picture = await painter.download(job["picture"]["url"])
    folder.mkdir(parents=True, exist_ok=True)
    report.picture = folder / f"picture.{job['picture']['media_type'].rpartition('/')[2]}"
    report.picture.write_bytes(picture)
    for event in previews[-1:]:
        (folder / "preview.webp").write_bytes(base64.b64decode(event["data"]["base64"]))
    steps.done(f"saved {len(picture):,} bytes as {report.picture}")
    return job


async def finished(painter: Session, job_id: str) -> Mapping[str, Any]:
    """Return the job once its picture is there.

    Raises:
        RuntimeError: The picture will not come.
    """
    give_up_at = time.monotonic() + JOB_SECONDS
    while time.monotonic() < give_up_at:
        job: Mapping[str, Any] = (await painter.get(f"/v1/jobs/{job_id}"))["job"]
        if job["state"] == "succeeded":
            return job
        if job["state"] in ("failed", "canceled"):
            raise RuntimeError(f"job {job_id} {job['state']}: {job.get('failure')}")
        await asyncio.sleep(0.1)
    raise RuntimeError(f"job {job_id} did not finish in {JOB_SECONDS:.0f} s")


async def _post_all(
    painter: Session, job_id: str, posts: int, report: Report, steps: StepTimes
) -> None:
    numbers = iter(range(1, posts + 1))
    started = last = time.monotonic()

    async def one_hand() -> None:
        nonlocal last
        for number in numbers:
            due = started + (number - 1) / POSTS_PER_SECOND
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            if posts > 1 and number % REPAINT_EVERY == 0:
                await _repaint(painter, number)
            post_id = new_id()
            answer = await painter.post("/v1/posts", _post(post_id, job_id, number))
            report.acknowledged[post_id] = answer["position"]
            report.longest_pause = max(report.longest_pause, time.monotonic() - last)
            last = time.monotonic()

    async with asyncio.TaskGroup() as group:
        for _ in range(min(PAINTERS, posts)):
            group.create_task(one_hand())
    report.repeats = painter.repeats
    steps.done(f"{len(report.acknowledged)} posts acknowledged, {painter.repeats} calls repeated")


async def _repaint(painter: Session, number: int) -> None:
    """Keep the image service at work, so that killing Triton means something."""
    answer = await painter.post("/v1/jobs", {"id": new_id(), "prompt": PROMPT, "seed": number})
    await finished(painter, answer["job"]["id"])


def _post(post_id: str, job_id: str, number: int) -> dict[str, Any]:
    return {
        "id": post_id,
        "job_id": job_id,
        "caption": f"Snow day, number {number}",
        "alt_text": "A red fox stands in fresh snow.",
        "visibility": "public",
    }


async def _await_arrival(followers: Sequence[Follower], report: Report, steps: StepTimes) -> None:
    expected = len(report.acknowledged)
    arrived = await asyncio.gather(
        *(follower.until(expected, ARRIVAL_SECONDS) for follower in followers)
    )
    for follower, complete in zip(followers, arrived, strict=True):
        if not complete:
            report.faults.append(
                f"{follower.name}: {len(follower.events)} of {expected} posts arrived"
            )
    report.reconnects = sum(follower.connections - 1 for follower in followers)
    steps.done(f"every follower has heard of them ({report.reconnects} reconnects)")


async def _count(
    painter: Session, followers: Sequence[Follower], report: Report, steps: StepTimes
) -> None:
    for follower in followers:
        report.faults += follower.faults
        streamed = [event["data"]["id"] for event in follower.events]
        _compare(f"the stream of {follower.name}", streamed, report)
    for gateway in painter.gateways:
        session = Session([gateway], token=painter.token)
        _compare(f"the feed at {gateway}", await _feed(session, painter, report), report)
        await session.close()
    steps.done("counted")


async def _feed(session: Session, painter: Session, report: Report) -> list[str]:
    at_least = max(report.acknowledged.values(), key=int, default="0")
    found: list[str] = []
    cursor = ""
    while True:
        query = {"at_least": at_least, "limit": "100"} | ({"cursor": cursor} if cursor else {})
        page = await session.get(f"/v1/feeds/accounts/{painter.account['id']}", **query)
        found += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"] or ""
        if not cursor:
            return found


def _compare(where: str, found: Sequence[str], report: Report) -> None:
    for post_id in report.acknowledged:
        times = found.count(post_id)
        if times != 1:
            report.faults.append(f"{where} has the acknowledged post {post_id} {times} times")
    for post_id in set(found) - set(report.acknowledged):
        report.faults.append(f"{where} has the post {post_id}, which nobody was told of")
