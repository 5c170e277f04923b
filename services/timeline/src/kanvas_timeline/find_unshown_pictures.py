"""Which pictures no post shows, so that whoever keeps the files may delete theirs."""

from collections.abc import Sequence

from kanvas_platform.validation import Violations, is_sha256
from kanvas_timeline.domain.posts import picture_name
from kanvas_timeline.ports import FeedReplica

PICTURES_MAX = 1000


async def find_unshown_pictures(
    sha256s: Sequence[str], *, replica: FeedReplica, timeout: float
) -> list[str]:
    """Return which of some pictures no post shows, whoever might see it.

    A post whose creation was acknowledged before the call counts.

    Raises:
        InvalidArgument: A hash is none, or there are too many.
        NotFresh: The end of the log is out of reach.
    """
    violations = Violations()
    if len(sha256s) > PICTURES_MAX:
        violations.add("sha256s", f"At most {PICTURES_MAX}.")
    elif not all(map(is_sha256, sha256s)):
        violations.add("sha256s", "Each must be 64 lower-case hexadecimal digits.")
    violations.raise_if_any()
    await replica.barrier(timeout)
    shown = replica.state.shown
    return [sha256 for sha256 in sha256s if picture_name(sha256) not in shown]
