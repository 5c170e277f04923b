"""Changes of the own profile."""

from kanvas.graph.v1.records_pb2 import Account
from kanvas_platform.kafka.contract import Command
from kanvas_platform.kafka.service_log import Commands
from kanvas_platform.validation import Violations
from kanvas_social_graph.domain import contents
from kanvas_social_graph.domain.commands import UpdateProfile
from kanvas_social_graph.ports import GraphReplica


async def update_profile(
    command_id: str,
    actor: str,
    *,
    display_name: str | None,
    bio: str | None,
    expected_version: int,
    replica: GraphReplica,
    commands: Commands,
    timeout: float,
) -> tuple[Account, int]:
    """Change the actor's profile.

    Args:
        command_id: UUIDv7 of the command.
        actor: Whose profile.
        display_name: The new name; `None` leaves it as it is.
        bio: The new bio; `None` leaves it as it is.
        expected_version: Version that the caller saw; 0 for any.
        replica: Has the profile afterwards.
        commands: Takes the command.
        timeout: Seconds.

    Returns:
        The account after the change, and the position of the change.

    Raises:
        InvalidArgument: A field is not what it may be.
        VersionConflict: The profile was changed since the version that the caller saw.
        AccountUnknown: The actor has no account.
        KanvasError: What `Commands.submit` raises.
    """
    violations = Violations()
    command_id = violations.identifier("command_id", command_id)
    if display_name is not None:
        display_name = contents.check_display_name(violations, display_name)
    if bio is not None:
        bio = contents.check_bio(violations, bio)
    if expected_version < 0:
        violations.add("expected_version", "Must not be negative.")
    violations.raise_if_any()
    body = UpdateProfile(display_name=display_name, bio=bio, expected_version=expected_version)
    receipt = await commands.submit(
        Command(id=command_id, actor=actor, body=body, content=repr(body).encode()), timeout
    )
    return replica.state.accounts[actor], receipt.position
