"""What writes: it decides commands against the folded log and commits them."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from kanvas.log.v1.record_pb2 import Leader
from kanvas_platform import cancellation
from kanvas_platform.backoff import Backoff
from kanvas_platform.clock import Clock
from kanvas_platform.errors import (
    KanvasError,
    NotFresh,
    NotLeader,
    OutcomeUnknown,
    Unavailable,
)
from kanvas_platform.ids import new_id, parse_id
from kanvas_platform.kafka import metrics
from kanvas_platform.kafka.broker.port import (
    Appended,
    BatchRefused,
    Broker,
    BrokerError,
    Candidate,
    Fenced,
    OutRecord,
    Producer,
)
from kanvas_platform.kafka.contract import Command, Decide, Receipt, State, StoreFailed
from kanvas_platform.kafka.reading.replica import Replica
from kanvas_platform.kafka.records.position import epoch_of, is_next_epoch
from kanvas_platform.kafka.writing.batch import Batch
from kanvas_platform.kafka.writing.clock_watch import ClockWatch
from kanvas_platform.kafka.writing.intake import Intake, Pending
from kanvas_platform.kafka.writing.leaders import Leaders
from kanvas_platform.kafka.writing.own_records import OwnRecords
from kanvas_platform.observability import current_traceparent, get_logger

S = TypeVar("S", bound=State)

_CONFIRM_SECONDS = 2.0
_BEGIN_SECONDS = 5.0
_COMMIT_SECONDS = 5.0
_APPLY_SECONDS = 5.0
_LONGEST_PAUSE = 1.0
_YIELD_EVERY = 32
_RETRY_SECONDS = 0.25
_FITNESS_SECONDS = 0.25
_FIT_AGAIN_SECONDS = 5.0
_SHORT_TERMS_MAX = 2
_CLOCK_AGAIN_SECONDS = 30.0

_log = get_logger(__name__)


class _Displaced(Exception):
    """Records of a batch were committed, and foreign ones have taken their positions."""


class Writer(Generic[S]):
    """A candidate for leading a service, which writes the service's logs while it leads.

    `docs/writer.md` tells the protocol. The replica has to be run beside it.
    """

    def __init__(
        self,
        *,
        service: str,
        address: str,
        replica: Replica[S],
        decide: Decide[S],
        broker: Broker,
        clock: Clock,
        on_leadership: Callable[[bool], None] | None = None,
    ) -> None:
        """Make a writer; `run` makes it a candidate.

        Args:
            service: Name of the service: the transactional id, and the key of announcements.
            address: `host:port` where this instance takes forwarded commands.
            replica: The folded logs that are written.
            decide: What a command makes.
            broker: Where the logs are.
            clock: Time.
            on_leadership: Called with True when a term begins, with False when it ends; must not
                raise.
        """
        self.name = f"{service}-writer"
        self._service = service
        self._address = address
        self._replica = replica
        self._decide = decide
        self._broker = broker
        self._clock = clock
        self._on_leadership = on_leadership
        self._leaders = Leaders(
            broker=broker, clock=clock, service=service, on_change=self._wake_up
        )
        self._intake = Intake()
        self._wake = asyncio.Event()
        self._holds_lease = False
        # Whether this instance can fold, as far as is known: only an instance that can may lead.
        self._fit = True
        self._short_terms = 0
        self._clock_watch = ClockWatch(clock=clock, service=service)
        # Whether the own clock was found to be too wrong to decide by.
        self._clock_wrong = False
        self._draining = False
        self._out = asyncio.Event()
        self._out.set()
        self._term: str | None = None
        metrics.leads.labels(service).set(0)

    @property
    def leads(self) -> bool:
        """Whether this instance has announced itself and has not heard of a later leader."""
        return self._term is not None

    @property
    def leader_address(self) -> str | None:
        """Address of the leader, as announced.

        None where nobody has announced itself, or only this instance before it lost leadership.
        """
        address = self._leaders.current.address
        if address == self._address and not self.leads:
            return None
        return address or None

    async def run(self) -> None:
        """Be a candidate until canceled; then leave, so that another takes over at once."""
        with self._clock_watch.shown():
            try:
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(self._leaders.run(), name=f"{self.name}: leaders")
                    tasks.create_task(self._insist(), name=f"{self.name}: candidate")
            finally:
                self._turn_away()

    async def drain(self) -> None:
        """Take no more commands, answer those that wait, and stop leading."""
        self._draining = True
        self._wake_up()
        await self._out.wait()

    async def submit(self, command: Command, timeout: float) -> Receipt:
        """Decide a command, commit what it makes, and return once the own replica has it.

        A command that makes no record leaves no trace: its repeat is decided again.

        Args:
            command: What is wanted.
            timeout: Seconds after which the answer is OutcomeUnknown.

        Raises:
            KanvasError: Whatever `decide` raises.
            NotLeader: Another instance writes; metadata `address` says which, if known.
            Unavailable: CLOCK_DIFFERS, no other instance is known to write, and this one does not
                because its clock and the broker's do not agree.
            OutcomeUnknown: `timeout` has passed, or leadership was lost while the command was being
                committed. It may still be committed; repeat it with its id.
            CommandExpired: The id is older than the window in which repeats are recognised.
            CommandIdReused: The id was used before, for another command.
            InvalidArgument: The id is not a UUIDv7 or lies in the future, or the command makes
                records that are too large.
            Overloaded: The queue is full.
        """
        if command.id:
            parse_id(command.id, "command_id")
        if not self._holds_lease or self._draining:
            raise self.refusal()
        pending = Pending(command, current_traceparent() or "", self._clock.monotonic())
        try:
            self._intake.put(pending)
            metrics.queue_depth.labels(self._service).set(len(self._intake))
            self._wake_up()
            async with asyncio.timeout(timeout):
                receipt = await pending.answer
        except TimeoutError:
            error = OutcomeUnknown("The command was not committed in time; it may be yet.")
            metrics.refused.labels(self._service, error.reason).inc()
            raise error from None
        except KanvasError as error:
            metrics.refused.labels(self._service, error.reason).inc()
            raise
        metrics.ack_seconds.labels(self._service).observe(self._clock.monotonic() - pending.since)
        return receipt

    # Be a candidate; serve terms while holding the lease.

    async def _insist(self) -> None:
        """Be a candidate; a cancellation that nobody asked for must not end it in silence."""
        try:
            await self._be_candidate()
        except asyncio.CancelledError:
            if cancellation.is_asked_for():
                raise
            raise RuntimeError("the candidacy was canceled by nobody") from None

    async def _be_candidate(self) -> None:
        backoff = Backoff(self._clock, longest=_LONGEST_PAUSE)
        while not self._draining:
            # An instance that is far behind would keep the lease from those that are not.
            await self._until_fit()
            try:
                candidate = await self._broker.join_group(
                    f"kanvas.{self._service}.leader", self._replica.main.topic
                )
            except BrokerError as error:
                _log.warning("cannot become a candidate", service=self._service, error=repr(error))
                await backoff.pause()
                continue
            self._out.clear()
            await self._serve_terms(candidate)
            self._out.set()
            await backoff.pause()

    async def _until_fit(self) -> None:
        """Return when this instance may lead: it has reached the end and, after a fall, stays so.

        Without the second an instance that fails each minute would lead for a part of each. Where
        its clock was found wrong, it waits until that was set; after 30 s it measures again, since
        the broker's may have been set instead.
        """
        await self._replica.until_ready()
        fell = fresh_since = self._clock.monotonic()
        while not self._fit:
            now = self._clock.monotonic()
            if not (self._replica.ready and self._replica.fresh()):
                fresh_since = now
            clock_may_do = (
                not self._clock_wrong
                or self._clock_watch.agrees
                or now - fell >= _CLOCK_AGAIN_SECONDS
            )
            if now - fresh_since >= _FIT_AGAIN_SECONDS and clock_may_do:
                self._fit, self._short_terms = True, 0
                return
            await self._clock.sleep(_FITNESS_SECONDS)

    async def _leave_when_unfit(self, candidate: Candidate, watch: "asyncio.Task[None]") -> None:
        """Leave the group at once, whatever the term is waiting for at the moment."""
        while self._fit and self._replica.ready:
            if self._clock_watch.changed:
                self._wake_up()
            await self._clock.sleep(_FITNESS_SECONDS)
        _log.error("leads no more", service=self._service, can_fold=self._replica.ready)
        self._fit = False
        watch.cancel()
        self._holds_lease = False
        self._wake_up()
        await candidate.leave()

    async def _serve_terms(self, candidate: Candidate) -> None:
        watch = asyncio.create_task(self._watch(candidate), name=f"{self.name}: lease")
        leaving = asyncio.create_task(
            self._leave_when_unfit(candidate, watch), name=f"{self.name}: fitness"
        )
        backoff = Backoff(self._clock, longest=_LONGEST_PAUSE)
        try:
            while self._fit and not (self._draining or watch.done()):
                self._wake.clear()
                if not self._holds_lease:
                    self._turn_away()
                    await self._wake.wait()
                    continue
                if await self._try_term(candidate):
                    backoff.reset()
                if self._holds_lease and not self._draining:
                    await backoff.pause()
            if watch.done() and not watch.cancelled():
                watch.result()  # raises a fault of the watch itself
        finally:
            self._holds_lease = False
            watch.cancel()
            self._turn_away()
            if self._fit:
                leaving.cancel()
                await candidate.leave()
            else:
                await leaving

    async def _watch(self, candidate: Candidate) -> None:
        try:
            while True:
                self._holds_lease = candidate.holds_lease
                self._wake_up()
                await candidate.changed()
        except BrokerError as error:
            _log.warning("lease lost sight of", service=self._service, error=repr(error))
        finally:
            self._wake_up()

    async def _try_term(self, candidate: Candidate) -> bool:
        """Begin a term and serve it; True if this instance led."""
        cause = "fault"
        held = False
        try:
            producer = await self._begin_term(candidate)
            if producer is None:
                return False
            held = True
            cause = await self._serve(producer)
        except Fenced:
            cause = "fenced"
        except _Displaced:
            cause = "displaced"
        except StoreFailed as error:
            cause = "store"
            self._fit = False
            _log.error("the store of the state has failed", service=self._service, error=str(error))
        except (BrokerError, NotFresh, TimeoutError) as error:
            cause = "broker"
            _log.warning("term interrupted", service=self._service, error=repr(error))
        except asyncio.CancelledError:
            cause = "stopped"
            raise
        finally:
            self._end_term(cause)
        return held

    # A term.

    async def _begin_term(self, candidate: Candidate) -> Producer | None:
        """Fence the predecessor, read to the end, announce; None without the lease.

        Only in this order is the end the end: an open transaction of the predecessor hides
        records from it until `begin` has aborted it.
        """
        # An instance that was suspended still believes that it holds the lease. If it did not ask
        # first, it would fence its successor.
        if not await candidate.confirm(_CONFIRM_SECONDS):
            return None
        producer = await self._broker.begin(self._service, _BEGIN_SECONDS)
        try:
            if not await candidate.confirm(_CONFIRM_SECONDS):
                await producer.close()
                return None
            await self._reach_end()
            await self._leaders.barrier(_APPLY_SECONDS)
            leader = Leader(
                service=self._service,
                epoch=self._epoch(),
                term=new_id(self._clock.now()),
                address=self._address,
            )
            announcement = self._leaders.announcement(leader)
            await self._commit_measured(producer, [announcement])
            await self._leaders.announced(leader.term, _APPLY_SECONDS)
            if not self._judge_clock():
                await producer.close()
                return None
        except BaseException:
            await producer.close()
            raise
        self._term = leader.term
        _log.info("term begun", service=self._service, term=leader.term, epoch=leader.epoch)
        metrics.leads.labels(self._service).set(1)
        metrics.terms_begun.labels(self._service).inc()
        if self._on_leadership is not None:
            self._on_leadership(True)
        return producer

    async def _commit_measured(
        self, producer: Producer, records: Sequence[OutRecord]
    ) -> Sequence[Appended]:
        since = self._clock.monotonic()
        appended = await producer.commit(records, _COMMIT_SECONDS)
        self._clock_watch.measure(since, appended[-1].time)
        return appended

    def _judge_clock(self) -> bool:
        """Tell whether to write by the own clock; where not, this instance leads no more."""
        others = self._leaders.clocks_of_others(self._address)
        self._clock_wrong = not self._clock_watch.judge(others)
        if self._clock_wrong:
            self._fit = False
        if not self._clock_watch.agrees:
            _log.error(
                "the own clock and the broker's differ",
                service=self._service,
                address=self._address,
                ahead_seconds=round(self._clock_watch.ahead, 1),
                others_ahead_seconds=[round(other, 1) for other in others],
                leads=not self._clock_wrong,
            )
        return not self._clock_wrong

    async def _reach_end(self) -> None:
        try:
            await self._replica.barrier(_APPLY_SECONDS)
        except NotFresh:
            self._short_terms += 1
            if self._short_terms >= _SHORT_TERMS_MAX:
                self._fit = False
            raise
        self._short_terms = 0

    def _epoch(self) -> int:
        """Return the epoch to number in: that of the log, or a later one that was announced."""
        in_log = max(epoch_of(position) for position in self._replica.positions().values())
        announced = self._leaders.current.epoch
        # Readers would refuse what is numbered in an epoch beyond those that may follow.
        return announced if is_next_epoch(announced, in_log) else in_log

    def _end_term(self, cause: str) -> None:
        if self._term is None:
            return
        self._term = None
        _log.info("term ended", service=self._service, cause=cause)
        metrics.leads.labels(self._service).set(0)
        metrics.terms_ended.labels(self._service, cause).inc()
        if self._on_leadership is not None:
            self._on_leadership(False)

    async def _serve(self, producer: Producer) -> str:
        """Commit batches until the term ends; return the cause."""
        epoch = self._epoch()
        own = OwnRecords(replica=self._replica, service=self._service, on_fold=self._wake_up)
        try:
            while self._holds_lease and self._leaders.current.term == self._term:
                self._wake.clear()
                if own.foreign:
                    await self._report_foreign(own)
                # In this order: a clock that is set right after the look was right when read.
                now = self._clock.now()
                if self._clock_watch.changed:
                    return "clock"  # the next announcement judges it
                batch = await self._decide_batch(epoch, now)
                if batch.taken:
                    await self._finish(batch, producer, own)
                elif self._draining:
                    return "stopped"
                else:
                    await self._wake.wait()
        finally:
            own.close()
            await producer.close()
        return "replaced" if self._fit else "unfit"

    async def _report_foreign(self, own: OwnRecords[S]) -> None:
        """Report what somebody else has written, unless that is the successor."""
        # A successor has announced itself before it wrote.
        await self._leaders.barrier(_APPLY_SECONDS)
        if self._leaders.current.term != self._term:
            raise Fenced("another instance leads")
        own.report_foreign()

    async def _decide_batch(self, epoch: int, now: float) -> Batch[S]:
        batch = Batch(replica=self._replica, decide=self._decide, epoch=epoch, now=now)
        while not batch.full:
            pending = self._intake.pop()
            if pending is None:
                break
            try:
                batch.add(pending)
            except StoreFailed:
                self._intake.put_back(batch.taken)
                raise
            if (
                pending.alone
            ):  # none stands before it: those that go alone were put back to the front
                break
            if len(batch.taken) % _YIELD_EVERY == 0:
                await self._breathe(batch)
        metrics.queue_depth.labels(self._service).set(len(self._intake))
        return batch

    async def _breathe(self, batch: Batch[S]) -> None:
        """Let heartbeats and readers run between decisions."""
        try:
            await asyncio.sleep(0)
        except asyncio.CancelledError:
            self._intake.put_back(batch.taken)
            raise

    async def _finish(self, batch: Batch[S], producer: Producer, own: OwnRecords[S]) -> None:
        """Commit a batch and answer it. On an error its commands go back to be decided again."""
        result = "unknown"
        try:
            if batch.records:
                appended = await self._commit(batch, producer)
                if displaced := own.displaced(batch, appended):
                    result = "displaced"
                    self._tell_displaced(displaced)
                    own.report_foreign()
                    raise _Displaced
                result = "committed"
            elif await self._proven(batch):
                result = "empty"
            else:
                result = "displaced"
                self._intake.put_back(batch.taken)
                return
        except BatchRefused as error:
            result = "refused"
            self._retry_alone(batch, error)
            raise
        except BaseException:
            self._intake.put_back(batch.taken)
            raise
        finally:
            metrics.batches.labels(self._service, result).inc()
        metrics.batch_commands.labels(self._service).observe(len(batch.taken))
        batch.settle()

    async def _commit(self, batch: Batch[S], producer: Producer) -> Sequence[Appended]:
        for pending in batch.taken:
            pending.attempted = True
        began = self._clock.monotonic()
        appended = await self._commit_measured(producer, batch.records)
        metrics.commit_seconds.labels(self._service).observe(self._clock.monotonic() - began)
        # The commit is decided before its records can be read. A caller that
        # had its answer before this instance has them could ask here and not find what it wrote.
        await self._replica.applied(batch.positions, _APPLY_SECONDS)
        return appended

    def _tell_displaced(self, commands: Sequence[Pending]) -> None:
        """Answer commands whose records do not count, all or some of them.

        They are not decided again here: a repeat with the id tells what stands.
        """
        _log.error("commands displaced", service=self._service, commands=len(commands))
        for pending in commands:
            pending.settle(OutcomeUnknown("A foreign record has taken the place of its records."))

    async def _proven(self, batch: Batch[S]) -> bool:
        """Find out whether nobody else wrote while a batch without records was decided.

        A commit would be fenced; a refusal or a repeated receipt has nothing that could be, and a
        writer that has slept must not answer from a fold that is hours old.
        """
        await self._replica.barrier(_APPLY_SECONDS)
        return self._replica.positions() == batch.base

    def _retry_alone(self, batch: Batch[S], error: BatchRefused) -> None:
        _log.error("batch refused", service=self._service, error=str(error))
        for pending in batch.taken:
            pending.attempted = False
            pending.alone = True
        if len(batch.taken) == 1:
            batch.taken[0].settle(_refused())
        else:
            self._intake.put_back(batch.taken)

    # Answers to those who cannot be served.

    def _turn_away(self) -> None:
        """Answer all that wait: this instance will not serve them."""
        while (pending := self._intake.pop()) is not None:
            if pending.attempted:
                pending.settle(OutcomeUnknown("The term ended while this was being committed."))
            else:
                pending.settle(self.refusal())

    def refusal(self) -> Unavailable:
        """Return the error for a command that this instance does not take at present."""
        address = self.leader_address
        if address is None and self._clock_wrong:
            ahead = self._clock_watch.now_ahead
            return Unavailable(
                f"The clock of {self._address} is {abs(ahead):.1f} s "
                f"{'ahead of' if ahead > 0 else 'behind'} the one of Kafka. This instance does "
                "not write until they agree.",
                reason="CLOCK_DIFFERS",
                retry_after=1.0,
                metadata={"instance": self._address, "ahead_seconds": f"{ahead:.1f}"},
            )
        return NotLeader(
            "Another instance writes for this service.",
            retry_after=_RETRY_SECONDS,
            metadata={} if address is None else {"address": address},
        )

    def _wake_up(self) -> None:
        self._wake.set()


def _refused() -> KanvasError:
    return KanvasError("The log refuses the records of this command.", reason="RECORD_REFUSED")
