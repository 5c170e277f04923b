"""The post that a command is about, as every command about one looks it up beforehand."""

from dataclasses import dataclass

from kanvas_platform.validation import Violations
from kanvas_timeline.domain.commands import OldPost
from kanvas_timeline.reading.hydrate import look_up_old
from kanvas_timeline.reading.sources import Deadline, Sources


@dataclass(frozen=True)
class Target:
    """Checked ids, in canonical form, and what the decision needs besides the memory.

    Attributes:
        command_id: The command's own id.
        post_id: The post that it is about; there may be none with this id.
        old: What the views say about the post, where the memory cannot tell.
    """

    command_id: str
    post_id: str
    old: OldPost | None


async def find_target(
    command_id: str, post_id: str, sources: Sources, deadline: Deadline
) -> Target:
    """Check the ids of a command about one post, and look the post up.

    Raises:
        InvalidArgument: With every violation.
        PositionNotReached: The views hold newer content than was applied in time.
        HistoryUnavailable: The views are needed, and cannot be read or are not whole.
    """
    violations = Violations()
    command_id = violations.identifier("command_id", command_id)
    post_id = violations.identifier("post_id", post_id)
    violations.raise_if_any()
    return Target(command_id, post_id, await look_up_old(sources, post_id, deadline))
