"""The post that a command is about: the checks that every such command begins with."""

from dataclasses import dataclass

from kanvas_platform.validation import Violations


@dataclass(frozen=True)
class Target:
    """Checked ids, in canonical form.

    Attributes:
        command_id: The command's own id.
        post_id: The post that it is about; there may be none with this id.
    """

    command_id: str
    post_id: str


def check_target(command_id: str, post_id: str) -> Target:
    """Check the ids of a command about one post.

    Raises:
        InvalidArgument: With every violation.
    """
    violations = Violations()
    command_id = violations.identifier("command_id", command_id)
    post_id = violations.identifier("post_id", post_id)
    violations.raise_if_any()
    return Target(command_id, post_id)
