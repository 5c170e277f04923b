"""Sign-in: a handle and its password make a session."""

from kanvas.graph.v1.records_pb2 import Account, Device, Session
from kanvas_platform.kafka.contract import Command
from kanvas_platform.kafka.service_log import Commands
from kanvas_platform.validation import Violations
from kanvas_social_graph.domain import contents
from kanvas_social_graph.domain.commands import StartSession
from kanvas_social_graph.errors import CredentialsWrong, SessionEnded
from kanvas_social_graph.find_account import find_by_handle
from kanvas_social_graph.password_check import Client, PasswordCheck
from kanvas_social_graph.ports import GraphReplica


async def sign_in(
    command_id: str,
    handle: str,
    password: str,
    client: Client,
    device: Device,
    *,
    replica: GraphReplica,
    commands: Commands,
    check: PasswordCheck,
    timeout: float,
) -> tuple[Account, Session, int]:
    """Make a session of the account that has a handle, if the password is the account's.

    Args:
        command_id: UUIDv7 of the command, and of the session.
        handle: In any case.
        password: As typed.
        client: Who asks, for counting attempts.
        device: On what, for people.
        replica: Has the account, and the session afterwards.
        commands: Takes the command.
        check: Checks the password.
        timeout: Seconds.

    Returns:
        The account, the session, and a position that includes what ended for it.

    Raises:
        InvalidArgument: A field is not what it may be.
        CredentialsWrong: The handle is unknown or the password is wrong. Both take the same time.
        SessionEnded: It is a repeat, and the session has ended since.
        RateLimited: There were too many attempts.
        HashingBusy: Too many passwords are being hashed.
        NotFresh: The log could not be read to its end in time.
        KanvasError: What `Commands.submit` raises.
    """
    violations = Violations()
    command_id = violations.identifier("command_id", command_id)
    device = contents.check_device(violations, device)
    violations.raise_if_any()
    folded = contents.fold_handle(handle)
    account = await find_by_handle(folded, replica=replica, timeout=timeout)
    shown = await check.matching_hash(account, folded, password, client, timeout=timeout)
    if shown is None or account is None:
        raise CredentialsWrong("The handle or the password is wrong.")
    session, position = await start_session(
        command_id, account.id, shown, device, replica=replica, commands=commands, timeout=timeout
    )
    # As it is since the session began: its deletion may have been asked for meanwhile.
    return replica.state.accounts[account.id], session, position


async def start_session(
    command_id: str,
    account_id: str,
    shown_hash: str,
    device: Device,
    *,
    replica: GraphReplica,
    commands: Commands,
    timeout: float,
) -> tuple[Session, int]:
    """Make the session of a command, for somebody who has shown the password of a hash.

    Raises:
        CredentialsWrong: The password was changed meanwhile.
        SessionEnded: It is a repeat, and the session has ended since.
        KanvasError: What `Commands.submit` raises.
    """
    body = StartSession(command_id, device.app, device.system, shown_hash)
    # The hash says nothing of what is wanted, and differs once the password was changed.
    content = f"sign-in\0{device.app}\0{device.system}".encode()
    command = Command(id=command_id, actor=account_id, body=body, content=content)
    receipt = await commands.submit(command, timeout)
    session = replica.state.sessions.get(command_id)
    if session is None or session.account_id != account_id:
        raise SessionEnded("This session has ended. Sign in again.")
    return session, receipt.position
