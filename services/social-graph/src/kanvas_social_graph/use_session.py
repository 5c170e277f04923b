"""Noting that a session is used."""

from kanvas_platform.kafka.contract import Command
from kanvas_platform.kafka.service_log import Commands
from kanvas_platform.validation import Violations
from kanvas_social_graph.domain.commands import UseSession


async def use_session(
    command_id: str, actor: str, session_id: str, *, commands: Commands, timeout: float
) -> None:
    """Note that a session of the actor is used, to the hour.

    Raises:
        InvalidArgument: An id is not a UUIDv7.
        SessionEnded: The session has ended, or is not the actor's.
        KanvasError: What `Commands.submit` raises.
    """
    violations = Violations()
    command_id = violations.identifier("command_id", command_id)
    body = UseSession(violations.identifier("session_id", session_id))
    violations.raise_if_any()
    await commands.submit(
        Command(id=command_id, actor=actor, body=body, content=repr(body).encode()), timeout
    )
