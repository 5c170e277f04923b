"""The services behind REST, doubled: they answer well, or with what a test tells them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from starlette.types import ASGIApp

from kanvas.feed.v1 import records_pb2 as feed
from kanvas.graph.v1 import service_pb2 as graph
from kanvas.graph.v1.records_pb2 import EXPORT_STATE_READY, Archive, Export, Session
from kanvas.graph.v1.service_pb2_grpc import SocialGraphServiceStub
from kanvas.imagegen.v1 import service_pb2 as imagegen
from kanvas.imagegen.v1.service_pb2_grpc import ImageGenerationServiceStub
from kanvas.images.v1 import records_pb2 as images
from kanvas.timeline.v1 import service_pb2 as timeline
from kanvas.timeline.v1.service_pb2_grpc import TimelineServiceServicer, TimelineServiceStub
from kanvas_gateway.block_link import StreamLink, ToldBlocks
from kanvas_gateway.blocks_ahead import BlocksAhead
from kanvas_gateway.downloads import Downloads
from kanvas_gateway.ended_sessions import EndedSessions
from kanvas_gateway.entrypoints.http.app import create_app
from kanvas_gateway.entrypoints.http.services import HttpServices
from kanvas_gateway.errors import PictureUnknown
from kanvas_gateway.ports import Call
from kanvas_gateway.public_pictures import PublicPictures
from kanvas_gateway.session_uses import SessionUses
from kanvas_gateway.tokens import PAGE_SECONDS, Tokens
from kanvas_gateway.write_limits import WriteLimits
from kanvas_platform.errors import KanvasError, PositionNotReached, Unavailable
from kanvas_platform.ids import new_id
from kanvas_platform.rpc.context import caller, remaining
from kanvas_platform.testing.clock import ManualClock
from kanvas_platform.testing.local_calls import local_stub
from tests.contract.gateway.described import Described
from tests.contract.gateway.people import SESSION

REMOVAL_SECONDS = 600
ANA, BEN, CLEO, JOB, POST = (new_id() for _ in range(5))


@dataclass
class Answers:
    """A servicer: by method, what it answers or raises; and what it was asked, by whom.

    Other methods are answered by an empty message of the right type.
    """

    responses: Any
    says: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, Any, Call]] = field(default_factory=list)

    def __getattr__(self, method: str) -> Callable[[Any, Any], Any]:
        async def answer(request: Any, _context: Any) -> Any:
            self.asked.append((method, request, Call(caller(), remaining(0))))
            given = self.says.get(method)
            if isinstance(given, KanvasError):
                raise given
            if given is not None:
                return given
            return getattr(self.responses, f"{method}Response")()

        return answer

    def last(self, method: str) -> tuple[Any, Call]:
        """Return the last request to a method, and for whom it was."""
        return next((request, call) for name, request, call in reversed(self.asked)
                    if name == method)  # fmt: skip


@dataclass
class HeldPictures:
    pictures: dict[str, bytes] = field(default_factory=dict)
    reads: int = 0

    async def read(self, name: str) -> bytes:
        self.reads += 1
        if name not in self.pictures:
            raise PictureUnknown("There is no such picture.")
        return self.pictures[name]

    async def size(self, name: str) -> int:
        return len(await self.read(name))


ARCHIVE = Archive(
    name=f"{ANA}/{new_id()}/{new_id()}", size_bytes=2500, part_bytes=1000, sha256="cd" * 32
)


@dataclass
class HeldArchives:
    """One archive, in three parts."""

    data: bytes = field(default_factory=lambda: bytes(range(250)) * 10)
    away: bool = False
    reading: asyncio.Event | None = None
    begun: int = 0

    async def read(self, name: str, number: int, start: int, end: int) -> bytes:
        self.begun += 1
        if self.reading is not None:
            await self.reading.wait()
        if self.away:
            raise Unavailable("The object store does not answer.", retry_after=1.0)
        assert name == ARCHIVE.name
        begin = number * ARCHIVE.part_bytes
        return self.data[begin : begin + ARCHIVE.part_bytes][start:end]


@dataclass
class CopyingTail:
    """A feed tail that has copied the graph up to a position, and says so to the blocks ahead."""

    ahead: BlocksAhead
    copied: int = 10**9
    position: int = 4711

    def copy(self, graph_position: int) -> None:
        self.copied = graph_position
        self.ahead.note_copy(graph_position)

    @property
    def source_position(self) -> int:
        return self.copied

    def fresh(self, within: float = 1.0) -> bool:
        return within > 0

    async def wait_for_source(self, source_position: int, timeout: float) -> int:
        if source_position > self.copied:
            raise PositionNotReached(f"not within {timeout} s")
        return self.position

    async def barrier(self, timeout: float) -> int:
        return self.position if timeout else 0


@dataclass
class Rest:
    """REST over doubled services."""

    app: ASGIApp
    http: httpx.AsyncClient
    tokens: Tokens
    graph: Answers
    timeline: Answers
    images: Answers
    pictures: HeldPictures
    archives: HeldArchives
    tail: CopyingTail
    clock: ManualClock
    described: Described
    ended: EndedSessions

    def cookie(self, token: str) -> dict[str, str]:
        return {"Cookie": f"kanvas_session={token}"}

    def bearer(self, account: str = ANA) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens.access(account, SESSION).text}"}


class DeafStream(StreamLink):
    """The live stream's process, as far as REST's routes notice it."""

    def __init__(self) -> None:
        pass

    async def tell(self, what: str, blocker_id: str, blocked_id: str, position: int) -> None:
        """Take note of nothing."""


def asgi_client(app: ASGIApp, described: Described | None = None) -> httpx.AsyncClient:
    """Return a client of an application in this process; it may hold it to its description."""
    transport = httpx.ASGITransport(app=app)
    hooks = [] if described is None else [described.check]
    return httpx.AsyncClient(
        transport=transport, base_url="http://kanvas.test", event_hooks={"response": hooks}
    )


@asynccontextmanager
async def running_rest(
    tokens: Tokens,
    web_root: Path,
    *,
    secure: bool = False,
    behind_proxy: bool = False,
    timeline_servicer: TimelineServiceServicer | None = None,
) -> AsyncIterator[Rest]:
    account = graph.CreateAccountResponse().account
    account.id, account.handle, account.display_name, account.version = ANA, "ana", "Ana", 1
    export = Export(id=new_id(), account_id=ANA, state=EXPORT_STATE_READY, archive=ARCHIVE)
    for moment in (export.asked_at, export.ended_at, export.kept_until):
        moment.FromSeconds(1_790_000_000)
    session = Session(id=SESSION, account_id=ANA)
    # A while after the page's token, however long the test takes until it asks for one.
    session.expires_at.FromSeconds(int(time.time()) + PAGE_SECONDS + 3600)
    social = Answers(
        graph,
        {
            "CreateAccount": graph.CreateAccountResponse(
                account=account, session=session, position=7
            ),
            "SignIn": graph.SignInResponse(account=account, session=session),
            "GetExport": graph.GetExportResponse(export=export),
            "ListSessions": graph.ListSessionsResponse(sessions=[session]),
            "GetAccount": graph.GetAccountResponse(account=account, position=7),
            "Follow": graph.FollowResponse(position=8),
            "Block": graph.BlockResponse(position=8),
        },
    )
    job = images.Job(id=JOB, owner_id=ANA, state=images.JOB_STATE_SUCCEEDED)
    job.spec.prompt, job.spec.guidance = "a red fox in the snow", 2.5
    job.picture.sha256, job.picture.media_type = "ab" * 32, "image/webp"
    view = timeline.PostView(created_position=9)
    view.post.id, view.post.visibility = POST, feed.VISIBILITY_PUBLIC
    feeds = Answers(
        timeline,
        {
            "CreatePost": timeline.CreatePostResponse(view=view, position=9),
            "GetPost": timeline.GetPostResponse(view=view, position=9),
        },
    )
    painters = Answers(
        imagegen,
        {
            "GetJob": imagegen.GetJobResponse(job=job),
            "SubmitJob": imagegen.SubmitJobResponse(job=job, queue_position=2),
        },
    )
    pictures, archives, clock = HeldPictures(), HeldArchives(), ManualClock()
    ended = EndedSessions(clock=clock, complete=True)
    graph_stub = local_stub(SocialGraphServiceStub, social)
    ahead = BlocksAhead(monotonic=clock.monotonic)
    tail = CopyingTail(ahead)
    services = HttpServices(
        graph=graph_stub,
        timeline=local_stub(TimelineServiceStub, timeline_servicer or feeds),
        images=local_stub(ImageGenerationServiceStub, painters),
        pictures=pictures,
        public_pictures=PublicPictures(removal_seconds=REMOVAL_SECONDS, monotonic=clock.monotonic),
        downloads=Downloads(archives),
        tail=tail,
        blocks=ToldBlocks(ahead, DeafStream()),
        tokens=tokens,
        ended_sessions=ended,
        session_uses=SessionUses(graph=graph_stub, clock=clock),
        stream_url="wss://kanvas.example/v1/stream" if secure else "ws://127.0.0.1:1/v1/stream",
        version="0",
        secure_cookies=secure,
        write_limits=WriteLimits(clock=clock),
        knows_addresses=not behind_proxy,
    )
    app = create_app(services, web_root=web_root)
    described = Described()
    async with asgi_client(app, described) as http:
        yield Rest(
            app,
            http,
            tokens,
            social,
            feeds,
            painters,
            pictures,
            archives,
            tail,
            clock,
            described,
            ended,
        )
