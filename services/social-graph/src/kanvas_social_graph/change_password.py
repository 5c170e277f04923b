"""Changing the own password. Whoever is signed in elsewhere is signed out."""

from collections.abc import Sequence
from functools import partial

from kanvas.graph.v1.records_pb2 import SessionEnded as Ended
from kanvas_platform.errors import CommandIdReused
from kanvas_platform.kafka.contract import Command
from kanvas_platform.kafka.service_log import Commands
from kanvas_platform.validation import Violations
from kanvas_social_graph.domain import contents
from kanvas_social_graph.domain.commands import ChangePassword
from kanvas_social_graph.end_sessions import Endings
from kanvas_social_graph.errors import AccountUnknown, PasswordWrong
from kanvas_social_graph.find_account import find_by_id
from kanvas_social_graph.password_check import Client, PasswordCheck
from kanvas_social_graph.ports import GraphReplica, Passwords


async def change_password(
    command_id: str,
    actor: str,
    session_id: str,
    *,
    old: str,
    new: str,
    client: Client,
    replica: GraphReplica,
    commands: Commands,
    passwords: Passwords,
    check: PasswordCheck,
    now: float,
    timeout: float,
) -> tuple[Sequence[Ended], int]:
    """Change the actor's password, and end all of the actor's sessions but one.

    A repeat shows as the old password one that is the account's no more, and as the new one the
    present one. It changes nothing and is no error.

    Args:
        command_id: UUIDv7 of the command.
        actor: Whose password.
        session_id: The session that goes on.
        old: The present password, as typed.
        new: The one to be.
        client: Who asks, for counting attempts.
        replica: Has the account.
        commands: Takes the command.
        passwords: Hashes the new password.
        check: Checks the old one.
        now: Unix time.
        timeout: Seconds.

    Returns:
        What ended, and the position at which it holds.

    Raises:
        InvalidArgument: A field is not what it may be.
        AccountUnknown: The actor has no account.
        PasswordWrong: The old password is not the account's.
        CommandIdReused: The id is that of a change to another password.
        SessionEnded: The session has ended, or is not the actor's.
        RateLimited: There were too many attempts.
        HashingBusy: Too many passwords are being hashed.
        KanvasError: What `Commands.submit` raises.
    """
    violations = Violations()
    command_id = violations.identifier("command_id", command_id)
    session_id = violations.identifier("session_id", session_id)
    violations.raise_if_any()
    account = await find_by_id(actor, replica=replica, timeout=timeout)
    if account is None:
        raise AccountUnknown("There is no such account.")
    wanted = contents.check_password(violations, new, account.handle, field="new_password")
    violations.raise_if_any()
    matching = partial(check.matching_hash, account, account.handle, timeout=timeout)
    shown = await matching(old, client)
    if shown is None:
        if await matching(wanted, client) is None:
            raise PasswordWrong("The present password is wrong.")
        return (), replica.position
    body = ChangePassword(session_id, shown, await passwords.hash(wanted))
    endings = Endings(replica, actor, now)
    # Neither password: what is wanted is told from a repeat by the passwords themselves.
    command = Command(id=command_id, actor=actor, body=body, content=b"change-password")
    try:
        receipt = await commands.submit(command, timeout)
    except PasswordWrong:
        # Another request was first while this one was hashing; if it wanted the same, this repeats.
        if await matching(wanted, client) is None:
            raise
        return (), replica.position
    if receipt.repeated and await matching(wanted, client) is None:
        raise CommandIdReused("The command id was used before, for another password.")
    return endings.seen(), receipt.position
