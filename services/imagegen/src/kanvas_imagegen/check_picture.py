"""Who may see a picture that they have painted, whether they publish it or not."""

from kanvas_imagegen.domain.state import Jobs
from kanvas_platform.kafka.service_log import FoldedLog
from kanvas_platform.validation import Violations


async def check_picture(
    sha256: str, owner_id: str, *, replica: FoldedLog[Jobs], timeout: float
) -> bool:
    """Say whether a job of the owner has the picture; one that ended before the call counts.

    Raises:
        InvalidArgument: The name is none.
        NotFresh: The end of the log is out of reach.
    """
    violations = Violations()
    violations.sha256("sha256", sha256)
    violations.raise_if_any()
    await replica.until_fresh(timeout)
    if not replica.state.has_painted(owner_id, sha256):
        # A miss is only believed at the end of the log: another instance may be ahead.
        await replica.barrier(timeout)
    return replica.state.has_painted(owner_id, sha256)
