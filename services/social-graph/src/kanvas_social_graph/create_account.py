"""Sign-up: claim a handle, store the credentials."""

from dataclasses import dataclass

from kanvas.graph.v1.records_pb2 import Account
from kanvas_platform.kafka.machine import Command
from kanvas_platform.kafka.replica import Replica
from kanvas_platform.validation import Violations
from kanvas_social_graph.domain import contents
from kanvas_social_graph.domain.commands import CreateAccount
from kanvas_social_graph.domain.state import GraphState
from kanvas_social_graph.errors import AccountExists, HandleTaken
from kanvas_social_graph.ports import Commands, Passwords


@dataclass(frozen=True)
class SignUp:
    """What a person sends, unchecked."""

    command_id: str
    account_id: str
    handle: str
    display_name: str
    password: str


async def create_account(
    sign_up: SignUp,
    *,
    replica: Replica[GraphState],
    commands: Commands,
    passwords: Passwords,
    timeout: float,
) -> tuple[Account, int]:
    """Makes an account; returns it with its position.

    Raises InvalidArgument, HandleTaken, AccountExists and whatever `Writer.submit` raises.
    """
    checked = _checked(sign_up)
    owner = replica.state.handles.get(checked.handle)
    if owner is not None and owner != checked.account_id:
        # The writer decides; this only spares the hash for what is lost already.
        raise HandleTaken("This handle is taken. Choose another one.")
    command = Command(
        id=checked.command_id,
        actor=checked.account_id,
        body=CreateAccount(
            handle=checked.handle,
            display_name=checked.display_name,
            password_hash=await passwords.hash(checked.password),
        ),
        # Neither the password nor its hash: a hash is salted anew for each try.
        content=f"create-account\0{checked.handle}\0{checked.display_name}".encode(),
    )
    receipt = await commands.submit(command, timeout)
    account = replica.state.accounts[checked.account_id]
    if receipt.repeated and not await passwords.verify(
        replica.state.password_hashes.get(account.id), checked.password
    ):
        # Whoever learns a command id must not be signed in to the account that it made.
        raise AccountExists("An account with this id exists already.")
    return account, receipt.position


def _checked(sign_up: SignUp) -> SignUp:
    violations = Violations()
    handle = contents.check_handle(violations, sign_up.handle)
    contents.check_password(violations, sign_up.password, handle)
    checked = SignUp(
        command_id=violations.identifier("command_id", sign_up.command_id),
        account_id=violations.identifier("account_id", sign_up.account_id),
        handle=handle,
        display_name=contents.check_display_name(violations, sign_up.display_name or handle),
        password=sign_up.password,
    )
    violations.raise_if_any()
    return checked
