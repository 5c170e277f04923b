"""Following and blocking, and taking either back."""

from kanvas_platform.kafka.contract import Command
from kanvas_platform.validation import Violations
from kanvas_social_graph.domain.commands import SetBlock, SetFollow
from kanvas_social_graph.ports import Commands


async def set_follow(
    command_id: str,
    actor: str,
    account_id: str,
    *,
    active: bool,
    commands: Commands,
    timeout: float,
) -> int:
    """Makes the actor follow an account, or not; returns the position at which it holds.

    Raises InvalidArgument, AccountUnknown, SelfFollow, Blocked and what `Writer.submit` raises.
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
    """Makes the actor block an account, or not; returns the position at which it holds.

    Raises InvalidArgument, AccountUnknown, SelfFollow and what `Writer.submit` raises.
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
