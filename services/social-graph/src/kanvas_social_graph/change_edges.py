"""Following and blocking, and taking either back."""

from kanvas_platform.kafka.contract import Command
from kanvas_platform.kafka.service_log import Commands
from kanvas_platform.validation import Violations
from kanvas_social_graph.domain.commands import SetBlock, SetFollow


async def set_follow(
    command_id: str,
    actor: str,
    account_id: str,
    *,
    active: bool,
    commands: Commands,
    timeout: float,
) -> int:
    """Make the actor follow an account, or follow it no longer.

    Returns:
        The position at which that holds.

    Raises:
        InvalidArgument: An id is not a UUIDv7.
        AccountUnknown: The actor or the account does not exist.
        SelfFollow: The account is the actor's own.
        Blocked: One of the two blocks the other.
        KanvasError: What `Commands.submit` raises.
    """
    command_id, account_id = _checked(command_id, account_id)
    body = SetFollow(account_id=account_id, active=active)
    return await _submit(command_id, actor, body, commands, timeout)


async def set_block(
    command_id: str,
    actor: str,
    account_id: str,
    *,
    active: bool,
    commands: Commands,
    timeout: float,
) -> int:
    """Make the actor block an account, or block it no longer. A block ends follows both ways.

    Returns:
        The position at which that holds.

    Raises:
        InvalidArgument: An id is not a UUIDv7.
        AccountUnknown: The actor or the account does not exist.
        SelfFollow: The account is the actor's own.
        KanvasError: What `Commands.submit` raises.
    """
    command_id, account_id = _checked(command_id, account_id)
    body = SetBlock(account_id=account_id, active=active)
    return await _submit(command_id, actor, body, commands, timeout)


def _checked(command_id: str, account_id: str) -> tuple[str, str]:
    violations = Violations()
    checked = (
        violations.identifier("command_id", command_id),
        violations.identifier("account_id", account_id),
    )
    violations.raise_if_any()
    return checked


async def _submit(
    command_id: str, actor: str, body: SetFollow | SetBlock, commands: Commands, timeout: float
) -> int:
    command = Command(id=command_id, actor=actor, body=body, content=repr(body).encode())
    return (await commands.submit(command, timeout)).position
