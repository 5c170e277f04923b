"""Whether somebody may see a picture, and whether everybody may.

Who may see a post may see its picture, and whose job has painted a picture may see it. The timeline
knows the posts, imagegen the jobs. They are asked each time: what was removed or hidden is shown no
more. Only what everybody may see is remembered. From that those who have not signed in are answered
for a while, and everybody while nobody can be asked.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from kanvas.imagegen.v1 import service_pb2 as imagegen_pb2
from kanvas.imagegen.v1.service_pb2_grpc import ImageGenerationServiceStub
from kanvas.timeline.v1 import service_pb2 as timeline_pb2
from kanvas.timeline.v1.service_pb2_grpc import TimelineServiceStub
from kanvas_gateway import metrics
from kanvas_gateway.block_link import ToldBlocks
from kanvas_gateway.errors import PictureUndecided, PictureUnknown
from kanvas_gateway.ports import Call
from kanvas_gateway.public_pictures import PublicPictures
from kanvas_platform.errors import DeadlineExceeded, ResourceExhausted, Unavailable

REMEMBERED_SECONDS = 60.0
"""For how long those who have not signed in are answered without asking."""

_CALL_SECONDS = 3.0
"""For each of two calls: who asks for a picture hears within their time that nobody can tell."""

_RETRY_SECONDS = 2.0
_NOT_NOW = (Unavailable, DeadlineExceeded, ResourceExhausted)


class Outcome(StrEnum):
    """What comes of a request for a picture. A closed set: it labels a metric."""

    PUBLIC = "public"
    """Everybody may see it."""
    REMEMBERED = "remembered"
    """Everybody might when the timeline was asked last, which is not long ago."""
    HELD = "held"
    """Everybody might when the timeline was asked last, and it does not answer now."""
    OWN = "own"
    """The caller may see it, and not everybody."""
    REFUSED = "refused"
    UNDECIDED = "undecided"
    """Somebody who would have to say so does not answer."""


@dataclass(frozen=True, slots=True)
class PictureServices:
    """What is asked about a picture.

    Attributes:
        timeline: Knows the posts.
        images: Knows the jobs.
        blocks: Blocks that the timeline may not know yet.
        public: What everybody may see.
    """

    timeline: TimelineServiceStub
    images: ImageGenerationServiceStub
    blocks: ToldBlocks
    public: PublicPictures


async def check_picture(sha256: str, *, services: PictureServices, call: Call) -> int | None:
    """Return for how many seconds everybody may keep a picture; None: it is for the caller alone.

    Raises:
        PictureUnknown: There is none, or the caller may not see it; which one is not said.
        PictureUndecided: Nobody can tell now.
    """
    outcome = await _decide(sha256, services, call)
    metrics.pictures.labels(outcome).inc()
    match outcome:
        case Outcome.REFUSED:
            raise PictureUnknown("There is no such picture.")
        case Outcome.UNDECIDED:
            raise PictureUndecided(
                "Who may see the picture cannot be told now.", retry_after=_RETRY_SECONDS
            )
        case Outcome.OWN:
            return None
    return services.public.seconds_left(sha256)


async def _decide(sha256: str, services: PictureServices, call: Call) -> Outcome:
    public = services.public
    if call.account_id is None and public.seconds_left(sha256, asked_within=REMEMBERED_SECONDS):
        return Outcome.REMEMBERED
    each = replace(call, timeout=min(call.timeout, _CALL_SECONDS))
    by_posts = await _ask_timeline(sha256, services, each)
    if by_posts in (Outcome.PUBLIC, Outcome.OWN):
        return by_posts
    if by_posts is Outcome.UNDECIDED and public.seconds_left(sha256):
        return Outcome.HELD
    if call.account_id is None:
        return by_posts
    by_jobs = await _ask_images(sha256, services, each)
    return by_posts if by_jobs is Outcome.REFUSED else by_jobs


async def _ask_timeline(sha256: str, services: PictureServices, call: Call) -> Outcome:
    blocks, public = services.blocks, services.public
    asked_at = public.now()
    # A block that is copied while the timeline answers may not count there, and is ahead no more.
    hidden = blocks.hidden_from(call.account_id)
    try:
        found = await services.timeline.CheckPicture(
            timeline_pb2.CheckPictureRequest(sha256=sha256), **call
        )
    except _NOT_NOW:
        return Outcome.UNDECIDED
    hidden |= blocks.hidden_from(call.account_id)
    if found.public:
        public.note(sha256, asked_at)
    elif not found.author_id:
        public.forget(sha256)
    if not found.author_id or found.author_id in hidden:
        return Outcome.REFUSED
    return Outcome.PUBLIC if found.public else Outcome.OWN


async def _ask_images(sha256: str, services: PictureServices, call: Call) -> Outcome:
    try:
        found = await services.images.CheckPicture(
            imagegen_pb2.CheckPictureRequest(sha256=sha256), **call
        )
    except _NOT_NOW:
        return Outcome.UNDECIDED
    return Outcome.OWN if found.visible else Outcome.REFUSED
