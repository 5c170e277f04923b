"""What an erased account leaves behind on real servers: ids, and nothing that it said or painted.

On a stack of its own, whose accounts have a second to change their mind, and whose pictures need
not be unused for long.
"""

from collections.abc import AsyncIterator, Iterator

import pytest

from kanvas.feed.v1.records_pb2 import FeedRecord, ReactionRecord, Visibility
from kanvas.graph.v1 import service_pb2 as graph
from kanvas.graph.v1.records_pb2 import GraphRecord
from kanvas.graph.v1.service_pb2_grpc import SocialGraphServiceStub
from kanvas.imagegen.v1 import service_pb2 as imagegen
from kanvas.imagegen.v1.service_pb2_grpc import ImageGenerationServiceStub
from kanvas.images.v1.records_pb2 import ImageRecord, Job
from kanvas.timeline.v1 import service_pb2 as timeline
from kanvas.timeline.v1.service_pb2_grpc import TimelineServiceStub
from kanvas_imagegen.adapters.object_store import picture_path
from kanvas_imagegen.domain.logs import IMAGES
from kanvas_imagegen.domain.state import FINAL_STATES
from kanvas_local.ports import address
from kanvas_local.stack import Stack
from kanvas_platform.errors import FailedPrecondition
from kanvas_platform.ids import new_id
from kanvas_platform.kafka.broker.aiokafka_broker import KafkaBroker
from kanvas_platform.kafka.records.codec import decode
from kanvas_platform.kafka.records.logs import LogSpec
from kanvas_platform.rpc.client import acting_for
from kanvas_social_graph.domain.logs import GRAPH
from kanvas_timeline.domain.logs import FEED, REACTIONS
from tests.integration.imagegen.callers import Caller
from tests.patience import PATIENCE_SECONDS, until
from tests.patient_client import connect
from tests.ports import FirstPort

pytestmark = pytest.mark.long(seconds=90)

PASSWORD = "correct horse battery"


@pytest.fixture
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Give a stack of all services but the gateway."""
    stack = Stack(
        tmp_path_factory.mktemp("stack"),
        FirstPort.BELONGINGS,
        env={
            "social-graph": {"KANVAS_GRACE_SECONDS": "1"},
            "imagegen": {"KANVAS_SWEEP_SECONDS": "1"},
        },
    )
    stack.start(["social-graph", "timeline", "imagegen"])
    yield stack
    stack.stop()


class Kanvas:
    """The services, as the gateway calls them."""

    def __init__(self, own: Stack) -> None:
        self.own = own
        self.clients = {
            service: connect(address(own.ports.grpc(service, 1)))
            for service in ("social-graph", "timeline", "imagegen")
        }
        self.graph = self.clients["social-graph"].stub(SocialGraphServiceStub)
        self.timeline = self.clients["timeline"].stub(TimelineServiceStub)
        self.images = self.clients["imagegen"].stub(ImageGenerationServiceStub)

    async def sign_up(self, handle: str) -> tuple[str, str]:
        """Make an account; return its id and that of its session."""
        request = graph.CreateAccountRequest(
            command_id=new_id(), account_id=new_id(), handle=handle, password=PASSWORD
        )
        made = await self.graph.CreateAccount(request, timeout=PATIENCE_SECONDS)
        return request.account_id, made.session.id

    async def paint(self, owner_id: str) -> Job:
        """Have a picture painted."""
        client = self.clients["imagegen"]
        painter = Caller(client, ImageGenerationServiceStub(client.channel), owner_id)
        job = await painter.submit("a red fox in the snow", steps=1)
        return await painter.until(job, *FINAL_STATES)

    async def post(self, author_id: str, job: Job) -> str:
        """Publish the picture of a job; return the id of the post."""
        request = timeline.CreatePostRequest(
            command_id=new_id(),
            post_id=new_id(),
            caption="Words of mine. #fox",
            alt_text="A fox.",
            picture=job.picture,
            visibility=Visibility.VISIBILITY_PUBLIC,
        )

        async def is_made() -> bool:
            try:
                await self.timeline.CreatePost(request, metadata=acting_for(author_id))
            except FailedPrecondition:  # its account is not copied yet
                return False
            return True

        await until(is_made)
        mark = imagegen.MarkPublishedRequest(
            command_id=new_id(), job_id=job.id, post_id=request.post_id
        )
        await self.images.MarkPublished(mark, metadata=acting_for(author_id))
        return request.post_id

    async def newest(self, log: LogSpec) -> dict[str, object]:
        """Return the newest record of each key of a log."""
        broker = KafkaBroker(self.own.kafka)
        end = (await broker.ends([log.topic]))[log.topic]
        reader = await broker.read(await broker.beginnings([log.topic]))
        found: dict[str, object] = {}
        while reader.offset(log.topic) < end:
            for raw in await reader.fetch(0.5):
                decoded = decode(log, raw)
                found[decoded.key] = decoded.record
        await reader.close()
        await broker.close()
        return found


@pytest.fixture
async def kanvas(own: Stack) -> AsyncIterator[Kanvas]:
    made = Kanvas(own)
    yield made
    for client in made.clients.values():
        await client.close()


@pytest.mark.timeout(3 * PATIENCE_SECONDS)
async def test_nothing_stays_of_what_an_erased_account_said_and_painted(kanvas: Kanvas) -> None:
    ana, session_id = await kanvas.sign_up(f"ana_{new_id()[-12:]}")
    ben, _ = await kanvas.sign_up(f"ben_{new_id()[-12:]}")
    as_ana, as_ben = acting_for(ana), acting_for(ben)
    published, kept, bens = [await kanvas.paint(who) for who in (ana, ana, ben)]
    posts = {ana: await kanvas.post(ana, published), ben: await kanvas.post(ben, bens)}
    for follower, followee in ((as_ana, ben), (as_ben, ana)):
        await kanvas.graph.Follow(
            graph.FollowRequest(command_id=new_id(), account_id=followee), metadata=follower
        )
    like = timeline.LikePostRequest(command_id=new_id(), post_id=posts[ben])
    await kanvas.timeline.LikePost(like, metadata=as_ana)

    request = graph.DeleteAccountRequest(
        command_id=new_id(), session_id=session_id, password=PASSWORD
    )
    await kanvas.graph.DeleteAccount(request, metadata=as_ana)

    files = {
        job.id: kanvas.own.layout.media / picture_path(job.picture.sha256, job.picture.media_type)
        for job in (published, kept, bens)
    }
    await until(lambda: not files[published.id].exists() and not files[kept.id].exists())
    assert files[bens.id].exists()

    jobs = await kanvas.newest(IMAGES)
    for job, has_words in ((published, False), (kept, False), (bens, True)):
        record = jobs[f"job:{job.id}"]
        assert isinstance(record, ImageRecord)
        assert record.job.HasField("spec") == has_words
    feed = await kanvas.newest(FEED)
    for who, removed in ((ana, True), (ben, False)):
        record = feed[f"post:{posts[who]}"]
        assert isinstance(record, FeedRecord)
        assert record.HasField("post_removed") == removed

    async def has_let_go() -> bool:
        edges, likes = await kanvas.newest(GRAPH), await kanvas.newest(REACTIONS)
        records = [edges[f"follow:{ana}:{ben}"], edges[f"follow:{ben}:{ana}"]]
        like = likes[f"{posts[ben]}:{ana}"]
        assert isinstance(like, ReactionRecord)
        return not like.liked and not any(
            isinstance(record, GraphRecord) and record.follow.active for record in records
        )

    await until(has_let_go)
    page = await kanvas.timeline.ListGlobalFeed(timeline.ListGlobalFeedRequest())
    assert [(view.post.id, view.like_count) for view in page.views] == [(posts[ben], 0)]
