"""What one instance accepts, the other shows; and what bad input gets."""

from collections.abc import Awaitable

import pytest

from kanvas.graph.v1.records_pb2 import GraphRecord
from kanvas.timeline.v1 import service_pb2 as pb
from kanvas_platform.errors import FailedPrecondition, InvalidArgument, KanvasError
from kanvas_platform.ids import new_id
from kanvas_platform.rpc.client import RpcClient
from kanvas_timeline.testing.make import FOLLOWERS, account_record, block_record, create_request
from tests.patience import PATIENCE_SECONDS, until

from .fleet import Fleet, SocialGraph, Someone


async def reason(answer: Awaitable[object]) -> str:
    with pytest.raises(KanvasError) as caught:
        await answer
    return caught.value.reason


async def test_a_post_is_found_on_the_other_instance_at_once(
    clients: list[RpcClient], social_graph: SocialGraph
) -> None:
    ada, _ = await social_graph.people(2, clients[0])
    for number in range(40):
        writing, reading = clients if number % 2 else clients[::-1]
        made = await ada.through(writing).publish()
        found = await ada.through(reading).get(made.view.post.id)  # without at_least
        assert found.view == made.view
        assert found.position >= made.position


async def test_feeds_include_what_at_least_names(
    clients: list[RpcClient], social_graph: SocialGraph
) -> None:
    ada, bob = await social_graph.people(2, clients[0])
    for number in range(20):
        writing, reading = clients if number % 2 else clients[::-1]
        made = await ada.through(writing).publish(visibility=FOLLOWERS)
        home = await bob.through(reading).home(at_least=made.position)
        assert home[0] == made.view.post.id
        assert len(home) == number + 1


async def test_likes_and_deletions_reach_the_other_instance(
    clients: list[RpcClient], social_graph: SocialGraph
) -> None:
    ada, bob, carl = await social_graph.people(3, clients[0])
    made = await ada.publish()
    post_id = made.view.post.id
    assert await bob.through(clients[1]).like(post_id) == 1
    assert await carl.through(clients[0]).like(post_id) == 2
    assert await carl.through(clients[1]).like(post_id) == 2

    position = await ada.through(clients[1]).delete(post_id)
    for client in clients:
        assert post_id not in await bob.through(client).home(at_least=position)
        assert await reason(bob.through(client).get(post_id)) == "POST_UNKNOWN"


async def test_a_block_hides_on_both_instances_once_it_is_copied(
    clients: list[RpcClient], social_graph: SocialGraph, fleet: Fleet
) -> None:
    ada, bob = await social_graph.people(2, clients[0])
    made = await ada.publish()
    await social_graph.write([block_record(ada.id, bob.id)])

    async def hidden() -> bool:
        return bool((await bob.audience()).hidden_ids)

    await until(hidden)
    audience = await bob.audience()
    assert audience.hidden_ids == [ada.id]
    for client in clients:
        assert await bob.through(client).home(at_least=audience.position) == []
        assert await reason(bob.through(client).get(made.view.post.id)) == "POST_UNKNOWN"


async def test_a_repeat_on_the_other_instance_gets_the_first_answer(
    clients: list[RpcClient], social_graph: SocialGraph
) -> None:
    ada, _ = await social_graph.people(2, clients[0])
    post_id, command_id = new_id(), new_id()
    first = await ada.through(clients[0]).publish(post_id=post_id, command_id=command_id)
    again = await ada.through(clients[1]).publish(post_id=post_id, command_id=command_id)
    assert again == first
    another_key = await ada.through(clients[1]).publish(post_id=post_id)
    assert another_key == first
    other = ada.through(clients[1]).publish(post_id=post_id, train=True)
    assert await reason(other) == "POST_EXISTS"
    reused = ada.publish(command_id=command_id)
    assert await reason(reused) == "COMMAND_ID_REUSED"


async def test_an_account_posts_once_it_was_copied(
    clients: list[RpcClient], social_graph: SocialGraph
) -> None:
    new = Someone(new_id(), clients[1])
    assert await reason(new.publish()) == "ACCOUNT_NOT_COPIED"
    await social_graph.write([account_record(new.id, "newcomer")])

    async def accepted() -> bool:
        try:
            made = await new.publish()
        except FailedPrecondition:
            return False
        assert made.view.post.author.handle == "newcomer"
        return True

    await until(accepted)


async def test_bad_input(clients: list[RpcClient], social_graph: SocialGraph) -> None:
    ada, bob = await social_graph.people(2, clients[1])
    stub, call = ada.stub, ada.client.call
    private = (await ada.publish(visibility=FOLLOWERS)).view.post.id
    public = (await ada.publish()).view.post.id
    stranger = Someone(new_id(), clients[0])

    request = create_request(new_id(), new_id(), caption="a" * 501)
    request.alt_text = " "
    request.ClearField("picture")
    with pytest.raises(InvalidArgument) as caught:
        await call(stub.CreatePost, request, identity=ada.id)
    fields = {violation.field for violation in caught.value.violations}
    assert fields == {"caption", "alt_text", "picture"}

    with pytest.raises(InvalidArgument) as caught:
        await call(stub.ListGlobalFeed, pb.ListGlobalFeedRequest(cursor="x"))
    assert [violation.field for violation in caught.value.violations] == ["cursor"]

    anonymous = call(stub.CreatePost, create_request(new_id(), new_id()))
    assert await reason(anonymous) == "IDENTITY_REQUIRED"
    nobodys = call(stub.ListHomeFeed, pb.ListHomeFeedRequest())
    assert await reason(nobodys) == "IDENTITY_REQUIRED"
    assert await reason(bob.delete(public)) == "NOT_YOURS"
    assert await reason(stranger.delete(private)) == "POST_UNKNOWN"
    assert await reason(stranger.get(private)) == "POST_UNKNOWN"
    assert await reason(stranger.like(public)) == "ACCOUNT_NOT_COPIED"
    unknown = call(stub.ListUserFeed, pb.ListUserFeedRequest(account_id=new_id()))
    assert await reason(unknown) == "ACCOUNT_UNKNOWN"
    ahead = pb.ListGlobalFeedRequest(at_least=1 << 39)
    beyond = call(stub.ListGlobalFeed, ahead)
    assert await reason(beyond) == "POSITION_UNKNOWN"


async def test_a_poison_record_of_the_graph_stops_nothing(
    clients: list[RpcClient], social_graph: SocialGraph, fleet: Fleet
) -> None:
    broker = fleet.broker()
    producer = await broker.begin("stranger", PATIENCE_SECONDS)
    out = fleet.graph.next(GraphRecord(account=account_record(new_id()).account), now=1.0)
    poison = type(out)(out.topic, out.key, b"\xff\xff\xff", out.headers)
    await producer.commit([poison], PATIENCE_SECONDS)
    await producer.close()
    await broker.close()

    ada, bob = await social_graph.people(2, clients[0])  # what comes after it is copied
    made = await ada.publish()
    assert await bob.home(at_least=made.position) == [made.view.post.id]
