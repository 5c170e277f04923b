"""What a post may contain: checks that need nothing but the request."""

import re

from kanvas.feed.v1.records_pb2 import Uses, Visibility
from kanvas.media.v1.picture_pb2 import Picture
from kanvas.timeline.v1.service_pb2 import CreatePostRequest
from kanvas_platform.validation import Violations
from kanvas_timeline.domain.commands import CreatePost

CAPTION_MAX = 500
ALT_TEXT_MAX = 1_000
PROMPT_MAX = 1_000
SIDE_MAX = 16_384
"""Longest side of a picture, in pixels: more than WebP can hold."""
PICTURE_BYTES_MAX = 64 * 1024 * 1024
SUBSTITUTIONS_MAX = 100

ID_LEAD_SECONDS = 60.0
"""How far ahead of the writer's clock the time in a new post's id may be."""

_COLOR = re.compile(r"#[0-9a-f]{6}", re.ASCII)
_MEDIA_TYPES = ("image/webp", "image/png")
_VISIBILITIES = (Visibility.VISIBILITY_PUBLIC, Visibility.VISIBILITY_FOLLOWERS)


def check_post(request: CreatePostRequest) -> tuple[str, CreatePost]:
    """Return the command id and the command of a request, its texts trimmed and in NFC.

    The time in the post's id is left to `decide`.

    Raises:
        InvalidArgument: With every violation.
    """
    violations = Violations()
    command_id = violations.identifier("command_id", request.command_id)
    post_id = violations.identifier("post_id", request.post_id)
    caption = violations.text("caption", request.caption, most=CAPTION_MAX, multiline=True)
    alt_text = violations.text(
        "alt_text", request.alt_text, least=1, most=ALT_TEXT_MAX, multiline=True
    )
    prompt = violations.text("prompt", request.prompt, most=PROMPT_MAX, multiline=True)
    if request.visibility not in _VISIBILITIES:
        violations.add("visibility", "Must be public or followers.")
    if request.HasField("picture"):
        _check_picture(violations, request.picture)
    else:
        violations.add("picture", "Must be set.")
    violations.raise_if_any()
    return command_id, CreatePost(
        post_id=post_id,
        caption=caption,
        alt_text=alt_text,
        picture=_copy_picture(request.picture),
        prompt=prompt,
        visibility=request.visibility,
        uses=_copy_uses(request.uses),
    )


def _check_picture(violations: Violations, picture: Picture) -> None:
    violations.sha256("picture.sha256", picture.sha256)
    if picture.media_type not in _MEDIA_TYPES:
        violations.add("picture.media_type", "Must be image/webp or image/png.")
    for field, side in (("width", picture.width), ("height", picture.height)):
        if not 1 <= side <= SIDE_MAX:
            violations.add(f"picture.{field}", f"Must be from 1 to {SIDE_MAX} pixels.")
    if not 1 <= picture.size_bytes <= PICTURE_BYTES_MAX:
        violations.add("picture.size_bytes", f"Must be from 1 to {PICTURE_BYTES_MAX}.")
    if picture.placeholder and not _COLOR.fullmatch(picture.placeholder):
        violations.add("picture.placeholder", "Must be a color such as #a0b1c2.")
    _check_provenance(violations, picture)


def _check_provenance(violations: Violations, picture: Picture) -> None:
    provenance = picture.provenance
    path = "picture.provenance"
    violations.text(f"{path}.model", provenance.model, most=100)
    violations.text(f"{path}.model_version", provenance.model_version, most=100)
    violations.text(f"{path}.statement", provenance.statement, most=1_000, multiline=True)
    if len(provenance.substitutions) > SUBSTITUTIONS_MAX:
        violations.add(f"{path}.substitutions", f"At most {SUBSTITUTIONS_MAX}.")
        return
    for index, substitution in enumerate(provenance.substitutions):
        violations.text(f"{path}.substitutions[{index}]", substitution, most=200)


def _copy_picture(picture: Picture) -> Picture:
    copy = Picture()
    copy.CopyFrom(picture)
    return copy


def _copy_uses(uses: Uses) -> Uses:
    copy = Uses()
    copy.CopyFrom(uses)
    return copy
