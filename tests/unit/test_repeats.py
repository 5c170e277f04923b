"""Every command, asked again under another command id: it changes nothing, and is no error.

A client that got no answer may have lost the id under which it asked. A refusal would tell it that
what it wanted did not come about, although it did.
"""

import inspect
from collections.abc import Callable
from types import ModuleType

import pytest

from kanvas.graph.v1.records_pb2 import ACCOUNT_STATE_ERASED, Account, Archive, GraphRecord
from kanvas_imagegen.domain import commands as painting
from kanvas_platform.ids import new_id
from kanvas_platform.kafka.contract import Command
from kanvas_social_graph.domain import commands as graph
from kanvas_social_graph.domain.sessions import USE_SECONDS
from kanvas_social_graph.errors import AccountExists
from kanvas_timeline.domain import commands as feed
from kanvas_timeline.domain.contents import check_post
from kanvas_timeline.testing.make import create_request, follow_record
from kanvas_timeline.testing.world import World as Feed
from tests.unit.imagegen.jobs_log import KEEP_SECONDS, PICTURE, JobsLog
from tests.unit.social_graph.test_decide import HASH
from tests.unit.social_graph.test_decide import World as Graph

_NOW = 1_790_000_000.0

GRAPH: dict[type, Callable[[Graph, str, str], object]] = {
    graph.UpdateProfile: lambda _, ada, ben: graph.UpdateProfile("Ada L.", "Paints.", 1),
    graph.SetFollow: lambda _, ada, ben: graph.SetFollow(ben, active=True),
    graph.SetBlock: lambda _, ada, ben: graph.SetBlock(ben, active=True),
    graph.StartSession: lambda world, ada, ben: graph.StartSession(new_id(), "", "", HASH),
    graph.EndSession: lambda world, ada, ben: graph.EndSession(
        world.session(ada), world.session(ada)
    ),
    graph.EndOtherSessions: lambda world, ada, ben: graph.EndOtherSessions(_one_of_two(world, ada)),
    graph.ChangePassword: lambda world, ada, ben: graph.ChangePassword(
        _one_of_two(world, ada), HASH, "$new"
    ),
    graph.DeleteAccount: lambda world, ada, ben: graph.DeleteAccount(
        world.session(ada), new_id(), HASH, 60.0
    ),
    graph.KeepAccount: lambda world, ada, ben: graph.KeepAccount(world.deleting(ada), new_id()),
    graph.EraseAccount: lambda world, ada, ben: graph.EraseAccount(_due(world, ada), b"digest"),
    graph.EraseBelongings: lambda world, ada, ben: graph.EraseBelongings(
        _erased_follower(world, ada, ben), ((ada, ben),), (), ()
    ),
    graph.UseSession: lambda world, ada, ben: graph.UseSession(_after_an_hour(world, ada)),
    graph.AskExport: lambda world, ada, ben: graph.AskExport(new_id(), 60.0),
    graph.FinishExport: lambda world, ada, ben: graph.FinishExport(
        ada, _asked(world, ada), Archive(), 60.0
    ),
    graph.FailExport: lambda world, ada, ben: graph.FailExport(ada, _asked(world, ada)),
    graph.RemoveExport: lambda world, ada, ben: graph.RemoveExport(ada, _ready(world, ada)),
}
FEED: dict[type, Callable[[Feed, str], object]] = {
    feed.CreatePost: lambda world, _: check_post(
        create_request(world.new_id(), world.new_id(), train=True)
    )[1],
    feed.DeletePost: lambda world, ada: feed.DeletePost(world.post(ada)),
    feed.SetLike: lambda world, ada: feed.SetLike(world.post(ada), True),
    feed.EraseBelongings: lambda world, ada: feed.EraseBelongings(
        ada, _posts_of_erased(world, ada), ()
    ),
    feed.CopyGraph: lambda world, ada: _copy(world, ada, world.account("ben")),
}
PAINTING: dict[type, Callable[[JobsLog], object]] = {
    painting.Submit: lambda log: painting.Submit(log.submit("other"), seed_drawn=True),
    painting.Cancel: lambda log: painting.Cancel(log.submit("j").id, "ana"),
    painting.Forget: lambda log: painting.Forget(log.submit("j").id, "ana"),
    painting.MarkPublished: lambda log: painting.MarkPublished(log.paint("j").id, "ana", "p"),
    painting.Lapse: lambda log: painting.Lapse(_outdated(log)),
    painting.EraseJobs: lambda log: painting.EraseJobs("ana", (log.submit("j").id,)),
    painting.Lease: lambda log: log.submit("j") and painting.Lease("w1"),
    painting.Complete: lambda log: painting.Complete(*_leased(log), PICTURE, 1.5, KEEP_SECONDS),
    painting.Fail: lambda log: painting.Fail(*_leased(log), "MODEL_REJECTED", "No.", 1, 60.0),
    painting.Expire: lambda log: painting.Expire(*_leased(log), 1, 60.0),
}


def _one_of_two(world: Graph, account_id: str) -> str:
    world.session(account_id)
    return world.session(account_id)


def _after_an_hour(world: Graph, account_id: str) -> str:
    session_id = world.session(account_id)
    world.now += USE_SECONDS
    return session_id


def _due(world: Graph, account_id: str) -> str:
    world.deleting(account_id, grace_seconds=60.0)
    world.now += 60.0
    return account_id


def _erased_follower(world: Graph, account_id: str, followee_id: str) -> str:
    world.do(account_id, graph.SetFollow(followee_id, active=True))
    world.do(account_id, graph.EraseAccount(_due(world, account_id), b"digest"))
    return account_id


def _posts_of_erased(world: Feed, account_id: str) -> tuple[str, ...]:
    post_id = world.post(account_id)
    world.copy(GraphRecord(account=Account(id=account_id, state=ACCOUNT_STATE_ERASED)))
    return (post_id,)


def _asked(world: Graph, account_id: str) -> str:
    world.do(account_id, graph.AskExport(new_id(), 60.0))
    return world.state.exports[account_id].id


def _ready(world: Graph, account_id: str) -> str:
    export_id = _asked(world, account_id)
    world.do("", graph.FinishExport(account_id, export_id, Archive(), 60.0))
    return export_id


def _copy(world: Feed, follower: str, followee: str) -> feed.CopyGraph:
    copied = world.state.copied
    return feed.CopyGraph(copied + 1, copied, follow_record(follower, followee))


def _outdated(log: JobsLog) -> str:
    job = log.paint("j")
    log.now += KEEP_SECONDS
    return job.id


def _leased(log: JobsLog) -> tuple[str, int]:
    log.submit("j")
    job = log.lease()
    assert job is not None
    return job.id, job.attempt


@pytest.mark.parametrize("kind", GRAPH, ids=lambda kind: kind.__name__)
def test_of_the_graph(kind: type) -> None:
    world = Graph()
    ada, ben = world.account("ada"), world.account("ben")
    body = GRAPH[kind](world, ada, ben)
    assert world.do(ada, body)
    assert not world.do(ada, body)


def test_of_the_graph_a_sign_up_is_found_to_be_there() -> None:
    """Whether it is a repeat depends on the password: `create_account` looks at it."""
    world = Graph()
    ada = world.account("ada")
    with pytest.raises(AccountExists):
        world.do(ada, graph.CreateAccount("ada", "Ada", "$argon2id$"))


@pytest.mark.parametrize("kind", FEED, ids=lambda kind: kind.__name__)
def test_of_the_feed(kind: type) -> None:
    world = Feed()
    ada = world.account("ada")
    body = FEED[kind](world, ada)
    world.log.commit(Command(world.new_id(), ada, body, b""))
    written = len(world.log.written)
    world.log.commit(Command(world.new_id(), ada, body, b""))
    assert len(world.log.written) == written


@pytest.mark.parametrize("kind", PAINTING, ids=lambda kind: kind.__name__)
def test_of_painting(kind: type) -> None:
    log = JobsLog()
    body = PAINTING[kind](log)
    log.do(body)
    assert log.do(body) == []


@pytest.mark.parametrize(
    ("module", "known"),
    [
        (graph, {*GRAPH, graph.CreateAccount}),
        (feed, set(FEED)),
        (painting, set(PAINTING)),
    ],
)
def test_no_command_is_left_out(module: ModuleType, known: set[type]) -> None:
    defined = {
        one
        for _, one in inspect.getmembers(module, inspect.isclass)
        if one.__module__ == module.__name__
    }
    assert defined == known
