"""Take in a finished picture."""

import math
import re

from kanvas.media.v1.picture_pb2 import Picture
from kanvas_imagegen.domain.commands import Complete
from kanvas_platform.kafka.contract import Command
from kanvas_platform.kafka.service_log import Commands
from kanvas_platform.validation import Violations

_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_COLOR = re.compile(r"#[0-9a-f]{6}", re.ASCII)
_MEDIA_TYPES = ("image/webp", "image/png")
_LONGEST_PAINTING = 24 * 3600.0


async def complete_job(
    job_id: str,
    attempt: int,
    picture: Picture,
    compute_seconds: float,
    *,
    keep_seconds: float,
    commands: Commands,
    timeout: float,
) -> None:
    """End the job with its picture, whose bytes are stored.

    Where it is not published, the picture is kept for that long.

    Raises:
        InvalidArgument: The report is not well formed.
        LeaseLost: The attempt no longer holds the job.
        KanvasError: As `Writer.submit` raises it.
    """
    violations = Violations()
    job_id = violations.identifier("job_id", job_id)
    _check(picture, violations)
    if not (math.isfinite(compute_seconds) and 0 <= compute_seconds <= _LONGEST_PAINTING):
        violations.add("compute_seconds", f"Between 0 and {_LONGEST_PAINTING:.0f}.")
    violations.raise_if_any()
    body = Complete(job_id, attempt, picture, compute_seconds, keep_seconds)
    # No id: the attempt makes it safe to repeat.
    await commands.submit(Command.of_writer(body), timeout)


def _check(picture: Picture, violations: Violations) -> None:
    if not _SHA256.fullmatch(picture.sha256):
        violations.add("picture.sha256", "64 lower-case hexadecimal digits.")
    if picture.media_type not in _MEDIA_TYPES:
        violations.add("picture.media_type", f"One of {', '.join(_MEDIA_TYPES)}.")
    if not _COLOR.fullmatch(picture.placeholder):
        violations.add("picture.placeholder", "A color as #rrggbb.")
    for field in ("width", "height", "size_bytes"):
        if getattr(picture, field) <= 0:
            violations.add(f"picture.{field}", "More than 0.")
