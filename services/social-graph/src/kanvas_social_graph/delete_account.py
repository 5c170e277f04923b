"""Deleting the own account, and keeping it after all.

What asks is a session, and both end all sessions and begin one: so what a session may do is known
from its token alone, and nobody has to look up what has become of its account.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from kanvas.graph.v1.records_pb2 import Account, Session
from kanvas.graph.v1.records_pb2 import SessionEnded as Ended
from kanvas_platform.kafka.contract import Command
from kanvas_platform.kafka.service_log import Commands
from kanvas_platform.validation import Violations
from kanvas_social_graph.domain.commands import DeleteAccount, KeepAccount
from kanvas_social_graph.end_sessions import Endings
from kanvas_social_graph.errors import AccountUnknown, PasswordWrong, SessionEnded
from kanvas_social_graph.find_account import find_by_id
from kanvas_social_graph.password_check import Client, PasswordCheck
from kanvas_social_graph.ports import GraphReplica


@dataclass(frozen=True)
class Turned:
    """What has come of a deletion, or of taking it back.

    Attributes:
        account: As it is now.
        session: The one that goes on.
        ended: The sessions that ended.
        position: At which it holds.
    """

    account: Account
    session: Session
    ended: Sequence[Ended]
    position: int


async def delete_account(
    command_id: str,
    actor: str,
    session_id: str,
    password: str,
    client: Client,
    *,
    grace_seconds: float,
    replica: GraphReplica,
    commands: Commands,
    check: PasswordCheck,
    now: float,
    timeout: float,
) -> Turned:
    """Have the actor's account erased once the grace time is over; until then it is hidden.

    Args:
        command_id: UUIDv7 of the command, and of the session that begins.
        actor: Whose account.
        session_id: The session that asks.
        password: As typed.
        client: Who asks, for counting attempts.
        grace_seconds: For how long it can be taken back.
        replica: Has the account.
        commands: Takes the command.
        check: Checks the password.
        now: Unix time.
        timeout: Seconds.

    Raises:
        InvalidArgument: An id is not a UUIDv7.
        AccountUnknown: The actor has no account.
        PasswordWrong: The password is not the account's.
        SessionEnded: The session has ended, or is not the actor's. So a repeat is answered.
        RateLimited: There were too many attempts.
        HashingBusy: Too many passwords are being hashed.
        KanvasError: What `Commands.submit` raises.
    """
    command_id, session_id = _checked(command_id, session_id)
    account = await find_by_id(actor, replica=replica, timeout=timeout)
    if account is None:
        raise AccountUnknown("There is no such account.")
    shown = await check.matching_hash(account, account.handle, password, client, timeout=timeout)
    if shown is None:
        raise PasswordWrong("The password is wrong.")
    body = DeleteAccount(session_id, command_id, shown, grace_seconds)
    # Not the hash, which says nothing of what is wanted.
    command = Command(id=command_id, actor=actor, body=body, content=b"delete-account")
    return await _turn(
        command, session_id, replica=replica, commands=commands, now=now, timeout=timeout
    )


async def keep_account(
    command_id: str,
    actor: str,
    session_id: str,
    *,
    replica: GraphReplica,
    commands: Commands,
    now: float,
    timeout: float,
) -> Turned:
    """Take the deletion of the actor's account back; one that is not being deleted stays as it is.

    Args:
        command_id: UUIDv7 of the command, and of the session that begins.
        actor: Whose account.
        session_id: The session that asks.
        replica: Has the account.
        commands: Takes the command.
        now: Unix time.
        timeout: Seconds.

    Raises:
        InvalidArgument: An id is not a UUIDv7.
        AccountUnknown: The account was erased.
        SessionEnded: The session has ended, or is not the actor's. So a repeat is answered.
        KanvasError: What `Commands.submit` raises.
    """
    command_id, session_id = _checked(command_id, session_id)
    body = KeepAccount(session_id, command_id)
    command = Command(id=command_id, actor=actor, body=body, content=b"keep-account")
    return await _turn(
        command, session_id, replica=replica, commands=commands, now=now, timeout=timeout
    )


def _checked(command_id: str, session_id: str) -> tuple[str, str]:
    violations = Violations()
    checked = (
        violations.identifier("command_id", command_id),
        violations.identifier("session_id", session_id),
    )
    violations.raise_if_any()
    return checked


async def _turn(
    command: Command,
    session_id: str,
    *,
    replica: GraphReplica,
    commands: Commands,
    now: float,
    timeout: float,
) -> Turned:
    endings = Endings(replica, command.actor, now)
    receipt = await commands.submit(command, timeout)
    state = replica.state
    # The one that has begun or, where nothing changed, the one that asked.
    session = state.live_session(command.actor, command.id, now) or state.live_session(
        command.actor, session_id, now
    )
    if session is None:
        raise SessionEnded("This session has ended. Sign in again.")
    return Turned(state.accounts[command.actor], session, endings.seen(), receipt.position)
