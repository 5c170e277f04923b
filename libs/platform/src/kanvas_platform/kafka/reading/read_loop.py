"""The loop under every reader: it never gives up, and knows whether it is at the end."""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from kanvas_platform.backoff import Backoff
from kanvas_platform.clock import Clock
from kanvas_platform.kafka import metrics
from kanvas_platform.kafka.broker.port import Broker, BrokerError, OffsetLost, RawRecord
from kanvas_platform.kafka.contract import StoreBroken, StoreFailed
from kanvas_platform.kafka.halting.dead_letters import Halted
from kanvas_platform.kafka.halting.standstill import LONGEST_PAUSE, Standstill
from kanvas_platform.observability import get_logger
from kanvas_platform.standing import StandingStill
from kanvas_platform.waiting import set_within

_FETCH_SECONDS = 0.1
# Where a log is quiet, and where nobody asks, an idle process should not keep a core busy.
_QUIET_FETCH_SECONDS = 0.5
_PROOF_INTERVAL = 0.25
_UNASKED_PROOF_INTERVAL = 2.5
_ASKED_SECONDS = 10.0

_log = get_logger(__name__)


class Sink(Protocol):
    """What a `ReadLoop` reads for."""

    async def start(self, *, lost: bool) -> Mapping[str, int]:
        """Return, by topic, the offset to read on from.

        Args:
            lost: The offsets known so far are not in the log: find the next one by position.

        Raises:
            BrokerError: Ask again later.
            Halted: There is no such offset.
        """
        ...

    async def take(self, records: Sequence[RawRecord]) -> None:
        """Apply records, none where nothing came for a moment.

        What it raises ends this reading; the next one begins at `start()`.

        Raises:
            BrokerError: Something that the application needs is away.
            Halted: See there.
            StoreFailed: See there.
            StoreBroken: The process must end.
        """
        ...

    def applied_offset(self, topic: str, read: int) -> int:
        """Return the offset below which everything is applied, where `read` is what was read."""
        ...

    def crowded(self) -> Collection[str]:
        """Return the topics of which nothing more should be read at present."""
        ...

    def complete(self, now: float) -> None:
        """Take note that everything readable at a Unix time has been applied."""
        ...


@dataclass(slots=True)
class _Proof:
    """An end query: once its ends are reached, everything before it began is applied."""

    began: float
    began_wall: float
    ends: Mapping[str, int]
    waiters: list[asyncio.Future[None]] = field(default_factory=list)

    @property
    def wanted(self) -> bool:
        return any(not waiter.done() for waiter in self.waiters)


class ReadLoop:
    """A loop that reads topics for a sink, for as long as it runs.

    The loop counts as caught up only when it reaches an end offset that was queried before. An
    empty fetch is no proof: the process may have been suspended since.

    Four queries a second keep the proof younger than a second while somebody asks whether it is.
    Where nobody has asked for 10 s, one query in 2.5 s is enough; whoever asks then gets one made.
    """

    def __init__(
        self, *, broker: Broker, clock: Clock, topics: Sequence[str], sink: Sink, name: str
    ) -> None:
        self._broker = broker
        self._clock = clock
        self._topics = tuple(topics)
        self._sink = sink
        self._name = name
        # Offsets up to which records were read and taken; None while nothing is being read.
        self._taken: Mapping[str, int] | None = None
        self._reading = asyncio.Event()
        self._standstill = Standstill(reader=name, clock=clock)
        # From a halt on until the end is reached again: later than the reader goes on.
        self._halted = False
        self._started: Mapping[str, int] = {}
        self._reached_end = asyncio.Event()
        self._proven = float("-inf")
        self._proofs: list[_Proof] = []
        self._waiters: list[asyncio.Future[None]] = []
        self._asked = asyncio.Event()
        self._last_asked = float("-inf")
        # Whether the last query was answered: while none is, nobody need wait for a proof.
        self._answered = False

    @property
    def ready(self) -> bool:
        """Whether the end was reached once and reading has not halted."""
        return self._reached_end.is_set() and not self._halted

    @property
    def standing(self) -> StandingStill | None:
        """Where reading has halted; None while it goes on."""
        return self._standstill.current

    async def until_ready(self) -> None:
        """Return once the end was reached for the first time."""
        await self._reached_end.wait()

    def fresh(self, within: float) -> bool:
        """Tell whether everything that was readable `within` seconds ago is applied.

        Where it is not known to be, a proof is made soon.
        """
        self._last_asked = self._clock.monotonic()
        if not self._halted and self._last_asked - self._proven <= within:
            return True
        self._asked.set()
        return False

    async def until_fresh(self, within: float, timeout: float) -> None:
        """Return once everything that was readable `within` seconds ago is applied.

        Raises:
            TimeoutError: It took longer than `timeout` seconds, or queries are not being answered.
        """
        if self.fresh(within):
            return
        if self._halted or not self._answered:
            raise TimeoutError
        await self.barrier(timeout)

    async def barrier(self, timeout: float) -> None:
        """Return once everything that was readable before the call is applied.

        All who ask while a query is on its way share the next one.

        Raises:
            TimeoutError: It took longer than `timeout` seconds.
        """
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        self._asked.set()
        try:
            async with asyncio.timeout(timeout):
                await waiter
        finally:
            # While the broker is away no query takes the waiters; those that gave up must go.
            if waiter in self._waiters:
                self._waiters.remove(waiter)

    async def run(self) -> None:
        """Read until canceled.

        Raises:
            StoreBroken: See there.
        """
        # A reader that is not meant to read, as one of a leader's on a standby, has no lag.
        with metrics.shown(
            metrics.proof_age, self._name, lambda: self._clock.monotonic() - self._proven
        ):
            try:
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(self._read_on(), name=f"{self._name}: read")
                    tasks.create_task(self._prove(), name=f"{self._name}: prove")
            finally:
                self._standstill.end()
                for topic in self._topics:
                    metrics.end_lag.remove(self._name, topic)

    async def _read_on(self) -> None:
        backoff = Backoff(self._clock)
        patience = Backoff(self._clock, longest=LONGEST_PAUSE)
        lost = False
        while True:
            cause = "broker"
            try:
                await self._read(backoff, lost=lost)
            except OffsetLost as error:
                lost, cause = True, "offset_lost"
                _log.error("offset to read from lost", reader=self._name, error=str(error))
            except Halted as error:
                self._halt()
                if self._standstill.at(
                    topic=error.topic, offset=error.offset, cause=error.cause, why=str(error)
                ):
                    patience.reset()
                metrics.reader_restarts.labels(self._name, "halted").inc()
                await patience.pause()
                continue
            except StoreBroken:
                raise
            except StoreFailed as error:
                self._halt()
                cause = "store"
                _log.error("the store of the state has failed", reader=self._name, error=str(error))
            except BrokerError as error:
                lost = False
                _log.warning("cannot read", reader=self._name, error=repr(error))
            metrics.reader_restarts.labels(self._name, cause).inc()
            await backoff.pause()

    def _halt(self) -> None:
        self._halted = True
        # A proof that was asked for before would say that reading goes on. Who waits, asks again.
        self._waiters = [w for proof in self._proofs for w in proof.waiters] + self._waiters
        self._proofs.clear()

    async def _read(self, backoff: Backoff, *, lost: bool) -> None:
        offsets = await self._sink.start(lost=lost)
        if offsets != self._started:
            # The last reading has got somewhere. That records were fetched proves nothing: those
            # that are held back, or fail, are fetched each time.
            backoff.reset()
            self._started = dict(offsets)
        began = self._clock.monotonic()
        reader = await self._broker.read(offsets)
        try:
            self._taken = offsets
            self._reading.set()
            quiet = False
            while True:
                crowded = self._sink.crowded()
                reader.pause(crowded)
                # What was appended last may be followed by a mark of its transaction, which is no
                # record: so the first fetch that finds nothing is a short one.
                records = await reader.fetch(
                    _QUIET_FETCH_SECONDS if quiet and not crowded else _FETCH_SECONDS
                )
                quiet = not records
                await self._sink.take(records)
                # Only now: what was fetched counts once it is applied.
                self._taken = {topic: reader.offset(topic) for topic in self._topics}
                self._settle_proofs()
                if self._proven > began:
                    backoff.reset()
        finally:
            self._taken = None
            self._reading.clear()
            await reader.close()

    async def _prove(self) -> None:
        backoff = Backoff(self._clock)
        while True:
            await self._reading.wait()
            self._asked.clear()
            proof = _Proof(self._clock.monotonic(), self._clock.now(), {}, self._waiters)
            self._waiters = []
            applied = self._applied()
            try:
                proof.ends = await self._broker.ends(self._topics)
            except BrokerError as error:
                self._answered = False
                _log.warning("cannot ask for the end", reader=self._name, error=repr(error))
                self._waiters = [w for w in proof.waiters if not w.done()] + self._waiters
                await backoff.pause()
                continue
            backoff.reset()
            self._answered = True
            if applied is None or any(proof.ends[t] < applied[t] for t in self._topics):
                # Nothing is being read, or a broker that came back does not know the end yet.
                self._waiters = [w for w in proof.waiters if not w.done()] + self._waiters
            else:
                self._enqueue(proof)
                self._settle_proofs()
            # Until somebody asks for a proof, or the next regular one is due.
            await set_within(self._asked, self._proof_interval(), self._clock)

    def _proof_interval(self) -> float:
        unasked = self._clock.monotonic() - self._last_asked > _ASKED_SECONDS
        return _UNASKED_PROOF_INTERVAL if self.ready and unasked else _PROOF_INTERVAL

    def _enqueue(self, proof: _Proof) -> None:
        # Far behind the end, proofs would pile up: keep the oldest, the newest, and those wanted.
        self._proofs[1:] = [kept for kept in self._proofs[1:] if kept.wanted]
        self._proofs.append(proof)

    def _settle_proofs(self) -> None:
        applied = self._applied()
        if applied is None:
            return
        standing = self._standstill.current
        if standing is not None and applied[standing.topic] > standing.offset:
            self._standstill.over()
        while self._proofs:
            proof = self._proofs[0]
            if any(applied[topic] < proof.ends[topic] for topic in self._topics):
                break
            self._proofs.pop(0)
            self._proven = max(self._proven, proof.began)
            self._halted = False
            self._standstill.over()
            self._reached_end.set()
            self._sink.complete(proof.began_wall)
            for waiter in proof.waiters:
                if not waiter.done():
                    waiter.set_result(None)
        if self._proofs:
            for topic, end in self._proofs[-1].ends.items():
                metrics.end_lag.labels(self._name, topic).set(max(0, end - applied[topic]))
        else:
            for topic in self._topics:
                metrics.end_lag.labels(self._name, topic).set(0)

    def _applied(self) -> dict[str, int] | None:
        if self._taken is None:
            return None
        return {t: self._sink.applied_offset(t, read) for t, read in self._taken.items()}
