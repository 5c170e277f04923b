"""Checks of passwords. Each is an attempt to sign in, and so is counted."""

from dataclasses import dataclass

from kanvas.graph.v1.records_pb2 import Account
from kanvas_platform.clock import Clock
from kanvas_platform.errors import KanvasError
from kanvas_social_graph import metrics
from kanvas_social_graph.domain.attempts import Attempts
from kanvas_social_graph.domain.contents import prepare_password
from kanvas_social_graph.errors import RateLimited
from kanvas_social_graph.ports import GraphReplica, Passwords


@dataclass(frozen=True)
class Client:
    """The client that shows a password, as far as the gateway can tell.

    Attributes:
        address: Network address; empty where it is not known.
        known_account_id: Account to which this client has signed in before; empty for none.
    """

    address: str
    known_account_id: str


class PasswordCheck:
    """Checks passwords, so many and no more.

    The leader checks all of them, so the bounds hold however many gateways and
    instances there are. The next leader begins at zero.
    """

    def __init__(self, *, replica: GraphReplica, passwords: Passwords, clock: Clock) -> None:
        self._replica = replica
        self._passwords = passwords
        self._clock = clock
        self._attempts = Attempts()

    async def matching_hash(
        self,
        account: Account | None,
        handle: str,
        password: str,
        client: Client,
        *,
        timeout: float,
    ) -> str | None:
        """Return the stored hash that a password matches; None where the password is wrong.

        A right password does not count as an attempt, nor does one that could not be checked.

        Args:
            account: Whose password it may be. None, for an unknown handle, takes as long as any
                other and is answered with None.
            handle: The handle under which attempts are counted, in small letters.
            password: What was shown.
            client: The client that showed it.
            timeout: Seconds that the log may take to be read to its end.

        Raises:
            RateLimited: There were too many attempts.
            HashingBusy: Too many passwords are being hashed.
            NotFresh: The account's credentials are not read yet, and were not in time.
        """
        known = account is not None and client.known_account_id == account.id
        try:
            taken = self._attempts.take(
                handle, client.address, self._clock.monotonic(), known=known
            )
        except RateLimited:
            metrics.sign_ins.labels("limited").inc()
            raise
        try:
            stored = None if account is None else await self._stored(account.id, timeout)
            prepared = prepare_password(password)
            # What no password can be takes as long as any other that is wrong.
            right = await self._passwords.verify(
                None if prepared is None else stored, prepared or ""
            )
        except KanvasError:
            self._attempts.give_back(taken, self._clock.monotonic())
            raise
        metrics.sign_ins.labels("accepted" if right else "refused").inc()
        if right:
            self._attempts.give_back(taken, self._clock.monotonic())
        return stored if right else None

    async def _stored(self, account_id: str, timeout: float) -> str | None:
        hashes = self._replica.state.password_hashes
        if account_id not in hashes:
            # An account and its credentials stand in two logs, read one after the other.
            await self._replica.barrier(timeout)
        return hashes.get(account_id)
