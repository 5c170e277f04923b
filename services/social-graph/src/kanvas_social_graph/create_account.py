"""Sign-up: claim a handle, store the credentials."""

from dataclasses import dataclass
from functools import partial

from kanvas.graph.v1.records_pb2 import Account, Device, Session
from kanvas_platform.ids import new_id
from kanvas_platform.kafka.contract import Command
from kanvas_platform.kafka.service_log import Commands
from kanvas_platform.validation import Violations
from kanvas_social_graph.domain import contents
from kanvas_social_graph.domain.commands import CreateAccount
from kanvas_social_graph.domain.logs import GRAPH, account_key
from kanvas_social_graph.errors import AccountExists, HandleTaken
from kanvas_social_graph.kept_handles import HandleSecret
from kanvas_social_graph.password_check import Client, PasswordCheck
from kanvas_social_graph.ports import GraphReplica, Passwords
from kanvas_social_graph.sign_in import start_session


@dataclass(frozen=True)
class SignUp:
    """What a person sends who signs up, unchecked."""

    command_id: str
    account_id: str
    handle: str
    display_name: str
    password: str
    client: Client
    device: Device


@dataclass(frozen=True)
class SignedUp:
    """An account that was made, and a session of it.

    Attributes:
        account: As it is now.
        session: The first one; in the answer to a repeat another one, where the first has ended.
        position: At which the account was made.
    """

    account: Account
    session: Session
    position: int


async def create_account(
    sign_up: SignUp,
    *,
    replica: GraphReplica,
    commands: Commands,
    passwords: Passwords,
    check: PasswordCheck,
    secret: HandleSecret,
    timeout: float,
) -> SignedUp:
    """Make an account, with its credentials and a first session.

    A repeat is a sign-up with the same account id, handle, name and password, under any command
    id. It shows a password, so it counts as an attempt to sign in.

    Raises:
        InvalidArgument: A field is not what it may be.
        HandleTaken: Another account has the handle, or had it and was erased lately.
        AccountExists: Another sign-up made an account with this id.
        RateLimited: It is a repeat, and there were too many attempts to sign in.
        HashingBusy: Too many passwords are being hashed.
        KanvasError: What `Commands.submit` raises.
    """
    checked = _checked(sign_up)
    repeat = partial(_first_answer, checked, replica, commands, check, timeout)
    if checked.account_id in replica.state.accounts:
        return await repeat()
    if checked.handle in replica.state.handles:
        # The writer decides; this only spares the hash for what is lost already.
        raise HandleTaken("This handle is taken. Choose another one.")
    command = Command(
        id=checked.command_id,
        actor=checked.account_id,
        body=CreateAccount(
            handle=checked.handle,
            display_name=checked.display_name,
            password_hash=await passwords.hash(checked.password),
            session_id=checked.command_id,
            app=checked.device.app,
            system=checked.device.system,
            handle_digest=secret.digest(checked.handle),
        ),
        # Neither the password nor its hash: each try gives its hash another salt.
        content=f"create-account\0{checked.handle}\0{checked.display_name}".encode(),
    )
    try:
        receipt = await commands.submit(command, timeout)
    except AccountExists:
        # Another request was first while this one was hashing.
        return await repeat()
    session = replica.state.sessions.get(checked.command_id)
    if receipt.repeated or session is None:
        return await repeat()
    return SignedUp(replica.state.accounts[checked.account_id], session, receipt.position)


async def _first_answer(
    sign_up: SignUp,
    replica: GraphReplica,
    commands: Commands,
    check: PasswordCheck,
    timeout: float,
) -> SignedUp:
    """Answer a sign-up whose account exists, if it is a repeat of the one that made the account."""
    account = replica.state.accounts[sign_up.account_id]
    # The first name is not known any more once the profile has been changed.
    named = account.version > 1 or account.display_name == sign_up.display_name
    shown = None
    if named and account.handle == sign_up.handle:
        shown = await check.matching_hash(
            account, sign_up.handle, sign_up.password, sign_up.client, timeout=timeout
        )
    if shown is None:
        # To know an account's id must not be enough to be signed in to it.
        raise AccountExists("An account with this id exists already.")
    session = replica.state.sessions.get(sign_up.command_id)
    if session is None or session.account_id != account.id:
        session, _ = await start_session(
            new_id(), account.id, shown, sign_up.device,
            replica=replica, commands=commands, timeout=timeout,
        )  # fmt: skip
    position = replica.created_position(GRAPH.topic, account_key(account.id))
    # As it is since the session began: its deletion may have been asked for meanwhile.
    return SignedUp(replica.state.accounts[account.id], session, position or replica.position)


def _checked(sign_up: SignUp) -> SignUp:
    violations = Violations()
    handle = contents.check_handle(violations, sign_up.handle)
    password = contents.check_password(violations, sign_up.password, handle)
    checked = SignUp(
        command_id=violations.identifier("command_id", sign_up.command_id),
        account_id=violations.identifier("account_id", sign_up.account_id),
        handle=handle,
        display_name=contents.check_display_name(violations, sign_up.display_name or handle),
        password=password,
        client=sign_up.client,
        device=contents.check_device(violations, sign_up.device),
    )
    violations.raise_if_any()
    return checked
