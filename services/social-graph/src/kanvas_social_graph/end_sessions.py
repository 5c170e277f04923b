"""Ending sessions: one, or all others."""

from collections.abc import Sequence
from dataclasses import replace

from kanvas.graph.v1.records_pb2 import SessionEnded as Ended
from kanvas_platform.kafka.contract import Command
from kanvas_platform.kafka.service_log import Commands
from kanvas_platform.timestamps import to_timestamp
from kanvas_platform.validation import Violations
from kanvas_social_graph.domain.commands import EndOtherSessions, EndSession
from kanvas_social_graph.domain.sessions import SESSION_SECONDS, end_of
from kanvas_social_graph.ports import GraphReplica


class Endings:
    """Which sessions of an account a command ends, seen by what went on before it.

    Args:
        replica: Has the sessions.
        account_id: Whose.
        now: Unix time.
    """

    def __init__(self, replica: GraphReplica, account_id: str, now: float) -> None:
        self._replica = replica
        self._before = replica.state.live_sessions(account_id, now)

    def seen(self) -> Sequence[Ended]:
        """Return those of the sessions from before that are there no more."""
        present = self._replica.state.sessions
        return [end_of(session) for session in self._before if session.id not in present]


async def end_sessions(
    command_id: str,
    actor: str,
    body: EndSession | EndOtherSessions,
    *,
    replica: GraphReplica,
    commands: Commands,
    now: float,
    timeout: float,
) -> tuple[Sequence[Ended], int]:
    """End one of the actor's sessions, or all but one.

    Returns:
        What ended, and the position at which it holds.

    Raises:
        InvalidArgument: An id is not a UUIDv7.
        SessionEnded: The one that asks does not go on, or is not the actor's.
        KanvasError: What `Commands.submit` raises.
    """
    violations = Violations()
    command_id = violations.identifier("command_id", command_id)
    body = replace(body, session_id=violations.identifier("session_id", body.session_id))
    if isinstance(body, EndSession):
        asking_id = violations.identifier("asking_session_id", body.asking_id)
        body = replace(body, asking_id=asking_id)
    violations.raise_if_any()
    endings = Endings(replica, actor, now)
    command = Command(id=command_id, actor=actor, body=body, content=repr(body).encode())
    receipt = await commands.submit(command, timeout)
    if receipt.repeated and isinstance(body, EndSession):
        # When it would have ended by itself is not known any more; not later than this.
        latest = to_timestamp(now + SESSION_SECONDS)
        return [Ended(id=body.session_id, account_id=actor, expires_at=latest)], receipt.position
    return endings.seen(), receipt.position
