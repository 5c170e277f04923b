"""What the services say, as clients read it: the one form of a post, a job, an account.

REST answers and stream events are made by the same functions, so a client needs one parser.
Values that are not set are absent or null as the models of REST in `entrypoints.http.models` state.
"""

from datetime import UTC, datetime
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from kanvas.feed.v1 import records_pb2 as feed
from kanvas.graph.v1 import records_pb2 as graph
from kanvas.graph.v1 import service_pb2 as graph_service
from kanvas.imagegen.v1 import service_pb2 as imagegen
from kanvas.images.v1 import records_pb2 as images
from kanvas.media.v1 import picture_pb2 as media
from kanvas.timeline.v1 import service_pb2 as timeline
from kanvas_platform.timestamps import to_seconds

FILE_SUFFIXES = {"image/webp": "webp", "image/png": "png"}
"""Media types of pictures, and how their files end."""

_VISIBILITIES = {
    feed.VISIBILITY_PUBLIC: "public",
    feed.VISIBILITY_FOLLOWERS: "followers",
}

_EXPORT_STATES = {
    graph.EXPORT_STATE_READY: "ready",
    graph.EXPORT_STATE_GONE: "gone",
    graph.EXPORT_STATE_FAILED: "failed",
}

JOB_STATES = {
    images.JOB_STATE_QUEUED: "queued",
    images.JOB_STATE_RUNNING: "running",
    images.JOB_STATE_SUCCEEDED: "succeeded",
    images.JOB_STATE_FAILED: "failed",
    images.JOB_STATE_CANCELED: "canceled",
}
"""States of jobs as clients read them."""


def rfc3339(seconds: float) -> str:
    """Return a Unix time in UTC with milliseconds."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def picture_path(picture: media.Picture) -> str:
    """Return the path under which the gateway serves a picture."""
    return f"/media/{picture.sha256}.{FILE_SUFFIXES.get(picture.media_type, 'webp')}"


def present_account(account: graph.Account) -> dict[str, Any]:
    """Return an account as anyone may see it."""
    return {
        "id": account.id,
        "handle": account.handle,
        "display_name": account.display_name,
        "bio": account.bio,
        "created_at": rfc3339(to_seconds(account.created_at)),
        "version": account.version,
    }


def present_erasure(account: graph.Account) -> str | None:
    """Return from when on an account is erased, where it is being deleted; for its owner alone."""
    return rfc3339(to_seconds(account.erase_at)) if account.HasField("erase_at") else None


def present_session(session: graph.Session, current_id: str) -> dict[str, Any]:
    """Return a session as its owner sees it; `current_id` is the one that asks."""
    return {
        "id": session.id,
        "app": session.device.app,
        "system": session.device.system,
        "current": session.id == current_id,
        "made_at": rfc3339(to_seconds(session.made_at)),
        "used_at": rfc3339(to_seconds(session.used_at)),
        "expires_at": rfc3339(to_seconds(session.expires_at)),
    }


def present_export(
    export: graph.Export, progress: graph_service.ExportProgress | None, archive_path: str
) -> dict[str, Any]:
    """Return an export as its owner sees it.

    Args:
        export: The export.
        progress: How far it is; None while it is not being made.
        archive_path: Path under which the gateway serves the archive.
    """
    state = _EXPORT_STATES.get(export.state, "waiting" if progress is None else "making")
    archive = export.archive if export.HasField("archive") else None
    return {
        "id": export.id,
        "state": state,
        "asked_at": rfc3339(to_seconds(export.asked_at)),
        "ended_at": _moment(export.ended_at) if export.HasField("ended_at") else None,
        "kept_until": _moment(export.kept_until) if export.HasField("kept_until") else None,
        "progress": None
        if progress is None
        else {
            "posts": progress.posts,
            "pictures": progress.pictures,
            "size_bytes": progress.size_bytes,
        },
        "archive": None
        if archive is None
        else {
            "url": archive_path,
            "size_bytes": archive.size_bytes,
            "sha256": archive.sha256,
        },
    }


def _moment(timestamp: Timestamp) -> str:
    return rfc3339(to_seconds(timestamp))


def present_relationship(relationship: graph_service.Relationship) -> dict[str, bool]:
    """Return how the caller stands to an account."""
    return {
        "following": relationship.following,
        "followed_by": relationship.followed_by,
        "blocking": relationship.blocking,
    }


def present_picture(picture: media.Picture) -> dict[str, Any]:
    """Return a picture: where it is, how large, how it was made."""
    provenance = picture.provenance
    return {
        "url": picture_path(picture),
        "width": picture.width,
        "height": picture.height,
        "media_type": picture.media_type,
        "placeholder": picture.placeholder,
        "provenance": {
            "model": provenance.model,
            "model_version": provenance.model_version,
            "seed": provenance.seed,
            "statement": provenance.statement,
            "generative": provenance.generative,
            "substitutions": list(provenance.substitutions),
        },
    }


def present_post(post: feed.Post, created_position: int) -> dict[str, Any]:
    """Return a post without its counts, which are not part of its record."""
    return {
        "id": post.id,
        "author": {
            "id": post.author.id,
            "handle": post.author.handle,
            "display_name": post.author.display_name,
            "version": post.author.version,
        },
        "caption": post.caption,
        "tags": [{"name": tag.name, "start": tag.start, "end": tag.end} for tag in post.tags],
        "alt_text": post.alt_text,
        "prompt": post.prompt,
        "visibility": _VISIBILITIES.get(post.visibility, "followers"),
        "uses": {
            "train": post.uses.train,
            "embed": post.uses.embed,
            "recommend": post.uses.recommend,
        },
        "picture": present_picture(post.picture),
        "created_at": rfc3339(to_seconds(post.created_at)),
        "created_position": str(created_position),
    }


def present_view(view: timeline.PostView) -> dict[str, Any]:
    """Return a post as the caller sees it, with its counts."""
    return present_post(view.post, view.created_position) | {
        "like_count": view.like_count,
        "liked": view.liked,
    }


def present_job(job: images.Job) -> dict[str, Any]:
    """Return a job; what it does not have, or not yet, is null."""
    spec = job.spec
    failure = {"reason": job.failure.reason, "message": job.failure.message}
    return {
        "id": job.id,
        "prompt": spec.prompt,
        "negative_prompt": spec.negative_prompt,
        "model": spec.model,
        "width": spec.width,
        "height": spec.height,
        "steps": spec.steps,
        "seed": spec.seed,
        "style": spec.style,
        "guidance": spec.guidance,
        "state": JOB_STATES.get(job.state, "queued"),
        "attempt": job.attempt,
        "picture": present_picture(job.picture) if job.HasField("picture") else None,
        "failure": failure if job.HasField("failure") else None,
        "created_at": rfc3339(to_seconds(job.created_at)),
        "ended_at": rfc3339(to_seconds(job.ended_at)) if job.HasField("ended_at") else None,
        "compute_seconds": job.compute_seconds,
        "kept_until": rfc3339(to_seconds(job.kept_until)) if job.HasField("kept_until") else None,
        "post_id": job.post_id or None,
    }


def present_model(model: imagegen.Model) -> dict[str, Any]:
    """Return something that paints."""
    return {
        "name": model.name,
        "version": model.version,
        "statement": model.statement,
        "generative": model.generative,
        "styles": list(model.styles),
        "sizes": list(model.sizes),
        "default_steps": model.default_steps,
        "default_guidance": model.default_guidance,
    }
