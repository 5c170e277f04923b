"""What is in an archive, and that exports are made, tried again, given up and removed."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from prometheus_client import REGISTRY

from kanvas.graph.v1 import service_pb2 as pb
from kanvas.graph.v1.records_pb2 import (
    EXPORT_STATE_ASKED,
    EXPORT_STATE_FAILED,
    EXPORT_STATE_GONE,
    EXPORT_STATE_READY,
    Export,
)
from kanvas.timeline.v1.service_pb2 import Like
from kanvas_platform.errors import Unavailable
from kanvas_platform.ids import new_id
from kanvas_platform.kafka.contract import Command
from kanvas_platform.rpc.client import acting_for
from kanvas_social_graph import archive_file
from kanvas_social_graph.domain import commands
from kanvas_social_graph.errors import ExportUnknown
from kanvas_social_graph.exporter import LOOK_SECONDS, SWEEP_SECONDS
from tests.unit.social_graph.doubles import graph_stub
from tests.unit.social_graph.exports_world import RULES, Exporting, Opened


class People:
    """Who asks for exports, over gRPC."""

    def __init__(self, world: Exporting) -> None:
        self.world = world
        self.stub = graph_stub(world.log, world.clock, world.underway)

    async def do(self, who: str, body: object) -> None:
        await self.world.log.submit(Command(new_id(), who, body, b""), 1.0)

    async def account(self, handle: str) -> str:
        account_id = new_id()
        await self.do(account_id, commands.CreateAccount(handle, handle.title(), "$", new_id()))
        return account_id

    async def ask(self, who: str) -> Export:
        request = pb.AskExportRequest(command_id=new_id())
        answer = await self.stub.AskExport(request, timeout=5, metadata=acting_for(who))
        return answer.export

    async def found(self, who: str) -> pb.GetExportResponse:
        return await self.stub.GetExport(pb.GetExportRequest(), timeout=5, metadata=acting_for(who))

    async def state(self, who: str) -> int:
        return (await self.found(who)).export.state

    async def opened(self, who: str) -> Opened:
        export = (await self.found(who)).export
        assert export.state == EXPORT_STATE_READY
        return Opened.of(self.world.archives.whole(export.archive))


def attempts(outcome: str) -> float:
    return REGISTRY.get_sample_value("kanvas_graph_exports_total", {"outcome": outcome}) or 0.0


@pytest.fixture
async def world() -> AsyncIterator[Exporting]:
    world = Exporting()
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(one.run()) for one in (world.exporter, world.keeper)]
        await world.settle()
        yield world
        for task in tasks:
            task.cancel()


@pytest.fixture
def people(world: Exporting) -> People:
    return People(world)


async def test_an_archive_has_all_that_belongs_to_the_account(
    world: Exporting, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive_file, "PART_BYTES", 1000)
    ada, ben, cleo = [await people.account(handle) for handle in ("ada", "ben", "cleo")]
    await people.do(ada, commands.UpdateProfile("Ada <3", "Paints.", 0))
    for other in (ben, cleo):
        await people.do(ada, commands.SetFollow(other, active=True))
    await people.do(ada, commands.SetBlock(cleo, active=True))
    await people.do(ben, commands.SetFollow(ada, active=True))
    posts = [world.has.post(f"Fox & <b>{n}</b>", b"picture %d" % (n % 2) * 500) for n in range(3)]
    jobs = [world.has.job(b"not published"), world.has.job(), world.has.job(b"picture 0" * 500)]
    world.has.likes = [Like(post_id=new_id(), author_handle="ben"), Like(post_id=new_id())]

    await people.ask(ada)
    await world.after(LOOK_SECONDS)
    archive = await people.opened(ada)

    assert world.has.asked_by == {ada}, "it is read as its owner reads it"
    assert archive.json("profile.json")["display_name"] == "Ada <3"
    listed = [post["post"] for n in (1, 2) for post in archive.json(f"posts/000{n}.json")]
    assert [post["id"] for post in listed] == [view.post.id for view in reversed(posts)]
    assert listed[0]["picture"]["provenance"]["statement"] == "Arranged."
    assert listed[0]["created_at"] == "2026-09-21T14:13:20Z"
    assert listed[0]["uses"] == {"train": True, "embed": False, "recommend": False}
    assert archive.json("posts/0001.json")[0]["created_position"] == str(1 << 40 | 2)
    listed_jobs = [job for n in (1, 2) for job in archive.json(f"jobs/000{n}.json")]
    assert [job["id"] for job in listed_jobs] == [job.id for job in reversed(jobs)]
    assert archive.json("follows.json") == [{"id": ben, "handle": "ben", "position": "5"}]
    assert [edge["handle"] for edge in archive.json("blocks.json")] == ["cleo"]
    assert [like["author_handle"] for like in archive.json("likes.json")] == ["ben", ""]
    assert len(archive.json("sessions.json")) == 1
    pictures = {path for path in archive.files if path.startswith("pictures/")}
    assert {path.split("/")[1].split(".")[0] for path in pictures} == set(world.has.pictures)
    assert {archive.files[path] for path in pictures} == set(world.has.pictures.values())
    summary = archive.json("export.json")
    assert summary["counts"] == {
        "posts": 3, "pictures": 3, "jobs": 3, "follows": 1, "blocks": 1, "likes": 2, "sessions": 1,
    }  # fmt: skip
    graph, feed, images = str(world.log.position), "70", "80"
    assert summary["positions"] == {
        "kanvas.graph.v1": graph, "kanvas.feed.v1": feed, "kanvas.images.v1": images,
    }  # fmt: skip
    assert summary["missing_pictures"] == []
    page = archive.files["posts/0001.html"].decode()
    assert "Fox &amp; &lt;b&gt;2&lt;/b&gt;" in page, "it is shown as text"
    assert "<script" not in page
    shown = {path for path in pictures if f'src="../{path}"' in page}
    assert len(shown) == 2, "those of its posts"
    assert 'href="posts/0002.html"' in archive.files["index.html"].decode()


async def test_who_has_nothing_gets_an_archive_that_says_so(
    world: Exporting, people: People
) -> None:
    ada = await people.account("ada")
    await people.ask(ada)
    await world.after(LOOK_SECONDS)
    archive = await people.opened(ada)
    assert set(archive.files) == {
        "profile.json", "follows.json", "blocks.json", "likes.json", "sessions.json",
        "export.json", "index.html",
    }  # fmt: skip
    assert archive.json("likes.json") == []


async def test_a_picture_that_is_lost_is_named_and_keeps_nothing_else_back(
    world: Exporting, people: People
) -> None:
    ada = await people.account("ada")
    lost = world.has.post("Lost.", b"lost").post.picture.sha256
    world.has.post("There.", b"there")
    del world.has.pictures[lost]
    await people.ask(ada)
    await world.after(LOOK_SECONDS)
    archive = await people.opened(ada)
    assert archive.json("export.json")["missing_pictures"] == [f"pictures/{lost}.webp"]
    assert [post["post"]["caption"] for post in archive.json("posts/0001.json")] == [
        "There.", "Lost.",
    ]  # fmt: skip
    assert "not there any more" in archive.files["posts/0001.html"].decode()


async def test_one_sees_how_far_it_is(world: Exporting, people: People) -> None:
    ada = await people.account("ada")
    for number in range(3):
        world.has.post("Fox.", b"%d" % number)
    with pytest.raises(ExportUnknown):
        await people.found(ada)
    assert (await people.ask(ada)).state == EXPORT_STATE_ASKED
    assert not (await people.found(ada)).HasField("progress"), "it waits"
    seen: list[int] = []

    def note() -> None:
        assert world.underway.export_id
        seen.append(world.underway.progress.posts)

    world.has.before_page = note
    await world.after(LOOK_SECONDS)
    assert seen[:3] == [0, 2, 3]
    assert not (await people.found(ada)).HasField("progress"), "it is made"


async def test_what_fails_is_tried_again_after_growing_pauses(
    world: Exporting, people: People
) -> None:
    ada, ben = await people.account("ada"), await people.account("ben")
    before = attempts("failed")
    world.archives.away = True
    await people.ask(ada)
    await world.after(LOOK_SECONDS)
    assert await people.state(ada) == EXPORT_STATE_ASKED
    for _ in range(60):
        await world.after(LOOK_SECONDS)
    assert 4 <= attempts("failed") - before <= 8
    world.archives.away = False
    await people.ask(ben)
    await world.after(LOOK_SECONDS)
    assert await people.state(ben) == EXPORT_STATE_READY, "nobody waits for those that fail"
    await world.after(60.0)
    assert await people.state(ada) == EXPORT_STATE_READY


@pytest.mark.parametrize("fault", [ValueError("nobody foresaw this"), TimeoutError()], ids=repr)
async def test_a_fault_of_one_export_is_none_of_the_others(
    world: Exporting, people: People, fault: Exception
) -> None:
    ada, ben = await people.account("ada"), await people.account("ben")

    def fail() -> None:
        world.has.before_page = lambda: None
        raise fault

    world.has.before_page = fail
    await people.ask(ada)
    world.clock.advance(0.5)
    await people.ask(ben)
    await world.after(LOOK_SECONDS)
    assert (await people.state(ada), await people.state(ben)) == (
        EXPORT_STATE_ASKED, EXPORT_STATE_READY,
    )  # fmt: skip
    await world.after(LOOK_SECONDS)
    assert await people.state(ada) == EXPORT_STATE_READY


async def test_what_was_not_made_in_time_has_failed(world: Exporting, people: People) -> None:
    ada = await people.account("ada")
    world.archives.away = True
    await people.ask(ada)
    await world.after(RULES.give_up_seconds)
    assert await people.state(ada) == EXPORT_STATE_FAILED
    world.archives.away = False
    assert (await people.ask(ada)).state == EXPORT_STATE_ASKED
    await world.after(LOOK_SECONDS)
    assert await people.state(ada) == EXPORT_STATE_READY


async def test_only_the_leader_makes_exports(world: Exporting, people: People) -> None:
    ada = await people.account("ada")
    for number in range(5):
        world.has.post("Fox.", b"%d" % number)
    await people.ask(ada)

    def depose() -> None:
        world.log.leads = False

    world.has.before_page = depose
    await world.after(LOOK_SECONDS)
    world.has.before_page = lambda: None
    await world.after(RULES.give_up_seconds / 2)
    assert await people.state(ada) == EXPORT_STATE_ASKED
    world.log.leads = True
    await world.after(LOOK_SECONDS)
    assert len(archive_posts := (await people.opened(ada)).json("posts/0001.json")) == 2
    assert archive_posts[0]["post"]["caption"] == "Fox."


async def test_an_archive_is_gone_when_it_was_kept_long_enough(
    world: Exporting, people: People
) -> None:
    ada = await people.account("ada")
    await people.ask(ada)
    await world.after(LOOK_SECONDS)
    await world.after(RULES.keep_seconds - 1)
    await people.opened(ada)
    await world.after(1)
    assert await people.state(ada) == EXPORT_STATE_GONE
    assert await world.archives.names() == []


async def test_what_no_record_names_is_swept(world: Exporting, people: People) -> None:
    ada, ben = await people.account("ada"), await people.account("ben")
    await people.ask(ada)
    await world.after(LOOK_SECONDS)
    kept = (await people.found(ada)).export.archive.name
    world.has.before_page = _refuse
    forming = f"{ben}/{(await people.ask(ben)).id}/{new_id()}"
    unwanted = {
        "of an export from before": f"{ada}/{new_id()}/{new_id()}",
        "of a dead attempt": f"{kept.rpartition('/')[0]}/{new_id()}",
        "of an account that is no more": f"{new_id()}/{new_id()}/{new_id()}",
    }
    for name in (forming, *unwanted.values()):
        await world.archives.put(name, 0, b"zip")
    await world.after(SWEEP_SECONDS)
    assert set(await world.archives.names()) == {kept, forming}


def _refuse() -> None:
    raise Unavailable("Not now.", retry_after=1.0)
