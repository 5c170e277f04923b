"""Erasing, at a service's leader, what belongs to accounts that are erased.

That an account is erased is a record, which each service reads for itself: nobody tells another
service what to delete. From that record on `decide` makes nothing more of or for the account, so
what there is to erase only shrinks. The eraser reads some of it from the state, submits a command
that names it, waits for the answer and goes on. `decide` looks again, and makes a record only for
what is still there. So a command that is repeated, or submitted by two leaders, does no harm.
"""

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Final, Protocol

from kanvas_platform.clock import Clock
from kanvas_platform.errors import KanvasError
from kanvas_platform.kafka import metrics
from kanvas_platform.kafka.contract import Command
from kanvas_platform.kafka.service_log import Commands
from kanvas_platform.kafka.store.tables import Order
from kanvas_platform.observability import get_logger

KEYS_AT_ONCE: Final = 200
"""How many keys a command erases at most."""

LOOK_SECONDS: Final = 10.0
"""How often it is looked whether another account is erased."""

PAUSE_SECONDS: Final = 0.2
"""After each command: people's commands come first."""

ACCOUNTS_AT_ONCE: Final = 500
"""How many erased accounts are looked for at a time."""

_COMMIT_SECONDS: Final = 10.0

_log = get_logger(__name__)


class ErasedAccounts(Protocol):
    """The accounts that are erased."""

    async def before(self, position: int | None) -> Sequence[tuple[int, str]]:
        """Return those that were erased before a position (None: all), the last one first.

        Each comes with the position that says so. They are at most `ACCOUNTS_AT_ONCE`, and fewer
        only where there are no more.

        Raises:
            KanvasError: Nobody can tell now.
        """
        ...


class FoldedAccounts:
    """Those that the own log names.

    Args:
        accounts: Ids by position, in the state.
    """

    def __init__(self, accounts: Order[None, int, str]) -> None:
        self._accounts = accounts

    async def before(self, position: int | None) -> Sequence[tuple[int, str]]:
        """See `ErasedAccounts.before`."""
        return list(islice(self._accounts.descending(None, position), ACCOUNTS_AT_ONCE))


class Eraser:
    """Component that erases what belongs to erased accounts, one account after the other.

    A leader goes through all accounts that were ever erased once, and then looks at new ones only.
    What is left over at a failure is found at the next look, here or with whoever leads then.

    Args:
        commands: Takes the commands.
        accounts: Those that are erased.
        belongings: Returns the body of a command that erases at most `KEYS_AT_ONCE` keys of an
            account; None where nothing of it is left. Two answers are equal only if nothing was
            erased in between.
        clock: Time.
    """

    name = "eraser"

    def __init__(
        self,
        *,
        commands: Commands,
        accounts: ErasedAccounts,
        belongings: Callable[[str], object | None],
        clock: Clock,
    ) -> None:
        self._commands = commands
        self._accounts = accounts
        self._belongings = belongings
        self._clock = clock
        # Of all accounts that were erased up to this position nothing is left.
        self._through = 0

    async def run(self) -> None:
        """Erase until canceled."""
        while True:
            if self._commands.leads:
                try:
                    await self._look()
                except KanvasError as error:
                    _log.warning("not erased yet", reason=error.reason)
            else:
                self._through = 0
            await self._clock.sleep(LOOK_SECONDS)

    async def _look(self) -> None:
        """Erase what belongs to the accounts that were erased since the last look."""
        below: int | None = None
        newest = self._through
        while page := await self._page(below):
            for position, account_id in page:
                if not self._commands.leads:
                    return
                await self._erase(account_id)
                newest = max(newest, position)
                below = position
            await self._clock.sleep(PAUSE_SECONDS)
        self._through = newest

    async def _page(self, below: int | None) -> list[tuple[int, str]]:
        page = await self._accounts.before(below)
        return [(position, account_id) for position, account_id in page if position > self._through]

    async def _erase(self, account_id: str) -> None:
        last: object | None = None
        while self._commands.leads and (body := self._belongings(account_id)) is not None:
            if body == last:
                # It would be asked for for ever, and keep what belongs to others from erasure.
                metrics.erasures_stuck.inc()
                _log.error("something of an erased account stays", account_id=account_id)
                return
            await self._commands.submit(Command.of_writer(body), _COMMIT_SECONDS)
            metrics.erasures.inc()
            last = body
            await self._clock.sleep(PAUSE_SECONDS)
        if last is not None:
            _log.info("all that belonged to an account is erased", account_id=account_id)
