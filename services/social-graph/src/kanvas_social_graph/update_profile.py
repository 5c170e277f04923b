"""Changing one's own profile."""

from kanvas.graph.v1.records_pb2 import Account
from kanvas_platform.kafka.contract import Command
from kanvas_platform.kafka.reading.replica import Replica
from kanvas_platform.validation import Violations
from kanvas_social_graph.domain import contents
from kanvas_social_graph.domain.commands import UpdateProfile
from kanvas_social_graph.domain.state import GraphState
from kanvas_social_graph.ports import Commands


async def update_profile(
    command_id: str,
    actor: str,
    *,
    display_name: str | None,
    bio: str | None,
    expected_version: int,
    replica: Replica[GraphState],
    commands: Commands,
    timeout: float,
) -> tuple[Account, int]:
    """Changes the actor's profile; `None` leaves a field. Returns it with the position.

    Raises InvalidArgument, VersionConflict, AccountUnknown and whatever `Writer.submit` raises.
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
