"""What the leader does every ten seconds: erase the accounts whose grace time is over."""

from collections.abc import Sequence
from typing import Final

from kanvas.graph.v1.records_pb2 import Account
from kanvas_platform.clock import Clock
from kanvas_platform.errors import KanvasError
from kanvas_platform.kafka.contract import Command
from kanvas_platform.kafka.service_log import Commands
from kanvas_platform.observability import get_logger
from kanvas_social_graph.domain.commands import EraseAccount
from kanvas_social_graph.kept_handles import HandleSecret
from kanvas_social_graph.ports import GraphReplica

LOOK_SECONDS: Final = 10.0
_MOST_AT_ONCE: Final = 200
_COMMIT_SECONDS: Final = 5.0

_log = get_logger(__name__)


class GraceKeeper:
    """Component that has each account erased that is due, by a record, one after the other.

    What is left over at a failure is found at the next look, here or with whoever leads then.

    Args:
        replica: Knows who is due.
        commands: Takes the commands.
        secret: Makes the digests of handles.
        clock: Tells who is due; the writer's, when it decides, is the one that counts.
    """

    name = "grace-keeper"

    def __init__(
        self, *, replica: GraphReplica, commands: Commands, secret: HandleSecret, clock: Clock
    ) -> None:
        self._replica = replica
        self._commands = commands
        self._secret = secret
        self._clock = clock

    async def run(self) -> None:
        """Look every ten seconds, until canceled."""
        while True:
            try:
                await self.look()
            except KanvasError as error:
                _log.warning("accounts are not erased yet that are due", error=str(error))
            await self._clock.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Have those erased that are due, at most 200.

        Raises:
            KanvasError: What `Commands.submit` raises.
            StoreFailed: Who is due cannot be read at present.
        """
        for account in self._due():
            if not self._commands.leads:
                return
            body = EraseAccount(account.id, self._secret.digest(account.handle))
            command = Command.of_writer(body)
            await self._commands.submit(command, _COMMIT_SECONDS)
            _log.info("the time of an account was over", account_id=account.id)

    def _due(self) -> Sequence[Account]:
        if not self._commands.leads:
            return ()
        return self._replica.state.due(self._clock.now(), most=_MOST_AT_ONCE)
