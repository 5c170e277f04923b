"""Posts and likes."""

from typing import Any

from fastapi import APIRouter, Response

from kanvas.feed.v1.records_pb2 import VISIBILITY_FOLLOWERS, VISIBILITY_PUBLIC, Uses
from kanvas.timeline.v1 import service_pb2 as timeline
from kanvas_gateway.entrypoints.http.counted import counted
from kanvas_gateway.entrypoints.http.identity import (
    Anyone,
    CommandId,
    OwnCall,
    identify_command,
)
from kanvas_gateway.entrypoints.http.models.posts import Likes, NewPost, PostView, Removed
from kanvas_gateway.entrypoints.http.parameters import AtLeast, PostId
from kanvas_gateway.entrypoints.http.refusals import OF_HISTORY, refuses
from kanvas_gateway.entrypoints.http.services import Services
from kanvas_gateway.presentation import present_view
from kanvas_gateway.publish_post import Publication, publish_post
from kanvas_gateway.write_limits import Write
from kanvas_platform.errors import NotFound
from kanvas_platform.ids import new_id, parse_id

router = APIRouter(tags=["posts"])

_OF_A_LIKE = refuses("POST_UNKNOWN")
_VISIBILITIES = {"public": VISIBILITY_PUBLIC, "followers": VISIBILITY_FOLLOWERS}


@router.post(
    "/v1/posts",
    status_code=201,
    response_model=PostView,
    dependencies=counted(Write.POST),
    openapi_extra=refuses(
        "ACCOUNT_NOT_COPIED",
        "JOB_NOT_FINISHED",
        "JOB_UNKNOWN",
        "POST_EXISTS",
        "POST_UNKNOWN",
        "VIEWS_BEHIND",
        *OF_HISTORY,
    ),
)
async def create_post(
    body: NewPost, response: Response, services: Services, call: OwnCall, *, key: CommandId
) -> dict[str, Any]:
    """Publish the picture of a job of yours."""
    command_id, post_id = identify_command(key, body.id)
    publication = Publication(
        command_id=command_id,
        post_id=post_id,
        job_id=parse_id(body.job_id, "job_id"),
        caption=body.caption,
        alt_text=body.alt_text,
        visibility=_VISIBILITIES[body.visibility],
        uses=Uses(train=body.uses.train, embed=body.uses.embed, recommend=body.uses.recommend),
    )
    made = await publish_post(
        publication, images=services.images, timeline=services.timeline, call=call
    )
    response.headers["Location"] = f"/v1/posts/{post_id}"
    return {"post": present_view(made.view), "position": str(made.position)}


@router.get(
    "/v1/posts/{post_id}",
    response_model=PostView,
    openapi_extra=refuses("POST_UNKNOWN", *OF_HISTORY),
)
async def get_post(
    post_id: PostId, services: Services, caller: Anyone, at_least: AtLeast
) -> dict[str, Any]:
    """Return a post, if you may see it."""
    request = timeline.GetPostRequest(post_id=post_id, at_least=at_least)
    call = caller.call()
    # A block that is copied while the timeline answers may not count there, and is ahead no more.
    hidden = services.blocks.hidden_from(call.account_id)
    found = await services.timeline.GetPost(request, **call)
    hidden |= services.blocks.hidden_from(call.account_id)
    if found.view.post.author.id in hidden:
        raise NotFound("There is no such post.", reason="POST_UNKNOWN")
    return {"post": present_view(found.view), "position": str(found.position)}


@router.delete(
    "/v1/posts/{post_id}",
    response_model=Removed,
    openapi_extra=refuses("NOT_YOURS", "POST_UNKNOWN"),
)
async def delete_post(
    post_id: PostId, services: Services, call: OwnCall, key: CommandId
) -> dict[str, Any]:
    """Delete a post of yours."""
    request = timeline.DeletePostRequest(command_id=key or new_id(), post_id=post_id)
    deleted = await services.timeline.DeletePost(request, **call)
    return {"position": str(deleted.position)}


@router.put(
    "/v1/posts/{post_id}/like",
    response_model=Likes,
    dependencies=counted(Write.LIKE),
    openapi_extra=_OF_A_LIKE,
)
async def like_post(
    post_id: PostId, services: Services, call: OwnCall, key: CommandId
) -> dict[str, Any]:
    """Like a post."""
    request = timeline.LikePostRequest(command_id=key or new_id(), post_id=post_id)
    return {"like_count": (await services.timeline.LikePost(request, **call)).like_count}


@router.delete(
    "/v1/posts/{post_id}/like",
    response_model=Likes,
    dependencies=counted(Write.LIKE),
    openapi_extra=_OF_A_LIKE,
)
async def unlike_post(
    post_id: PostId, services: Services, call: OwnCall, key: CommandId
) -> dict[str, Any]:
    """Take a like back."""
    request = timeline.UnlikePostRequest(command_id=key or new_id(), post_id=post_id)
    return {"like_count": (await services.timeline.UnlikePost(request, **call)).like_count}
