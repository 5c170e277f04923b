"""From a finished job to a post."""

from dataclasses import dataclass

from kanvas.feed.v1.records_pb2 import Uses, Visibility
from kanvas.imagegen.v1.service_pb2 import GetJobRequest, MarkPublishedRequest
from kanvas.imagegen.v1.service_pb2_grpc import ImageGenerationServiceStub
from kanvas.images.v1.records_pb2 import JOB_STATE_SUCCEEDED
from kanvas.timeline.v1.service_pb2 import CreatePostRequest, CreatePostResponse
from kanvas.timeline.v1.service_pb2_grpc import TimelineServiceStub
from kanvas_gateway.errors import JobNotFinished
from kanvas_gateway.ports import Call
from kanvas_gateway.presentation import JOB_STATES
from kanvas_platform.ids import new_id


@dataclass(frozen=True, slots=True)
class Publication:
    """What somebody wants to publish.

    Attributes:
        command_id: UUIDv7 of the command.
        post_id: UUIDv7 of the post to be.
        job_id: Job of the same account, whose picture it is.
        caption: Words under the picture.
        alt_text: What the picture shows.
        visibility: Who may see the post.
        uses: What it may be used for besides being shown.
    """

    command_id: str
    post_id: str
    job_id: str
    caption: str
    alt_text: str
    visibility: "Visibility.ValueType"
    uses: Uses


async def publish_post(
    publication: Publication,
    *,
    images: ImageGenerationServiceStub,
    timeline: TimelineServiceStub,
    call: Call,
) -> CreatePostResponse:
    """Publish the picture of a job. Picture and prompt are the job's: a client names no others.

    The job then names the post, so that it is not among its owner's unpublished work any more.
    Where that is refused, the post is published all the same: a repeat finds it, and marks the job.

    Raises:
        JobNotFinished: The job has no picture.
        KanvasError: What imagegen or timeline answered; `JOB_UNKNOWN` also for the jobs of others.
    """
    job = (await images.GetJob(GetJobRequest(job_id=publication.job_id), **call)).job
    if job.state != JOB_STATE_SUCCEEDED:
        state = JOB_STATES.get(job.state, "queued")
        raise JobNotFinished("The job has no picture to publish.", metadata={"state": state})
    request = CreatePostRequest(
        command_id=publication.command_id,
        post_id=publication.post_id,
        caption=publication.caption,
        alt_text=publication.alt_text,
        picture=job.picture,
        prompt=job.spec.prompt,
        visibility=publication.visibility,
        uses=publication.uses,
    )
    made = await timeline.CreatePost(request, **call)
    # An id of its own: the client's may be that of the command that made the job.
    mark = MarkPublishedRequest(command_id=new_id(), job_id=job.id, post_id=made.view.post.id)
    await images.MarkPublished(mark, **call)
    return made
