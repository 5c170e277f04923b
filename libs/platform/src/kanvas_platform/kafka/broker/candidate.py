"""The lease of a leader: which member of a consumer group is assigned the one partition."""

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.coordinator.protocol import (
    ConsumerProtocolMemberAssignment,
    ConsumerProtocolMemberMetadata,
)
from aiokafka.errors import IllegalStateError, KafkaError

from kanvas_platform.clock import Clock
from kanvas_platform.kafka.broker.closing import stop_client
from kanvas_platform.kafka.broker.port import BrokerUnavailable
from kanvas_platform.observability import get_logger

_SESSION_MS: Final = 2000
_HEARTBEAT_MS: Final = 300
_REQUEST_MS: Final = 5000
_RETRY_MS: Final = 50
_NEVER_MS: Final = 2**31 - 1
_CHECK_SECONDS: Final = 1.0
_LEAVE_SECONDS: Final = 2.0

_log = get_logger(__name__)


class LeaseAssignor:
    """A rule for assigning: the member that has the partition keeps it.

    Where no member has it, all members choose the same one.

    A lease carries the time, in ms, at which it changed hands. Where two members say that they
    hold it, the one with the later time does: a member that was stopped for a while loses to its
    successor. (The sticky assignor of aiokafka keeps its state on the class, so two members in
    one process would mix theirs.)
    """

    name = "kanvas-lease"

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._held_since = 0

    def metadata(self, topics: Iterable[str]) -> ConsumerProtocolMemberMetadata:
        """Return what this member tells the member that assigns: since when it holds the lease."""
        return ConsumerProtocolMemberMetadata(0, list(topics), str(self._held_since).encode())

    def assign(
        self,
        cluster: object,
        members: Mapping[str, ConsumerProtocolMemberMetadata],
    ) -> dict[str, ConsumerProtocolMemberAssignment]:
        """Assign partition 0 of the topic to one member, nothing to the others."""
        held_since = {name: int(member.user_data or b"0") for name, member in members.items()}
        holder = max(sorted(members), key=lambda name: held_since[name])
        since = held_since[holder] or int(self._clock.now() * 1000)
        nothing = ConsumerProtocolMemberAssignment(0, [], b"")
        topics = members[holder].subscription
        lease = ConsumerProtocolMemberAssignment(
            0, [(topic, [0]) for topic in topics], str(since).encode()
        )
        return {name: lease if name == holder else nothing for name in members}

    def on_assignment(self, assignment: ConsumerProtocolMemberAssignment) -> None:
        """Remember since when this member holds the lease, if it does."""
        self._held_since = int(assignment.user_data or b"0")


class KafkaCandidate(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka is untyped
    """The `Candidate` of a real Kafka: a member of a group that never reads.

    Being revoked is not yet a loss: each time somebody joins, the partition is revoked from the
    one that has it and, as a rule, assigned to it again.
    """

    def __init__(self, *, bootstrap: str, group: str, topic: str, clock: Clock) -> None:
        self._partition = TopicPartition(topic, 0)
        self._holds_lease = False
        self._member = False
        self._changed = asyncio.Event()
        self._consumer: Any = AIOKafkaConsumer(
            bootstrap_servers=bootstrap,
            group_id=group,
            partition_assignment_strategy=(LeaseAssignor(clock),),
            session_timeout_ms=_SESSION_MS,
            heartbeat_interval_ms=_HEARTBEAT_MS,
            request_timeout_ms=_REQUEST_MS,
            retry_backoff_ms=_RETRY_MS,
            max_poll_interval_ms=_NEVER_MS,
            enable_auto_commit=False,
            auto_offset_reset="latest",
        )

    async def join(self) -> None:
        """Become a member.

        Raises:
            BrokerUnavailable: The broker cannot be reached.
        """
        try:
            async with asyncio.timeout(_REQUEST_MS / 1000):
                self._consumer.subscribe([self._partition.topic], listener=self)
                await self._consumer.start()
        except (KafkaError, TimeoutError, OSError) as error:
            await self.leave()
            raise BrokerUnavailable(f"cannot join: {error!r}") from error

    @property
    def holds_lease(self) -> bool:
        """See `Candidate`."""
        return self._holds_lease

    async def changed(self) -> None:
        """See `Candidate`."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(_CHECK_SECONDS):
                    await self._changed.wait()
                self._changed.clear()
                return
            await self._check()

    async def confirm(self, timeout: float) -> bool:
        """See `Candidate`. A commit is what the group checks membership by; its offset is moot.

        Not while joining again: a commit that fails then makes aiokafka forget who it is, and the
        group waits for a member that nobody is any more.
        """
        if not (self._member and self._holds_lease):
            return False
        try:
            async with asyncio.timeout(timeout):
                await self._consumer.commit({self._partition: 0})
        except (KafkaError, IllegalStateError, TimeoutError) as error:
            _log.info("lease not confirmed", topic=self._partition.topic, error=repr(error))
            return False
        return self._holds_lease

    async def leave(self) -> None:
        """See `Candidate`. Where the group does not hear of it, the session time-out does it."""
        await stop_client(self._consumer, _LEAVE_SECONDS)

    # Called by aiokafka.

    async def on_partitions_revoked(self, revoked: object) -> None:
        """Keep the lease until it is known which member gets it."""
        self._member = False

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Learn which member has the lease. Nothing is ever to be fetched."""
        self._consumer.pause(*assigned)
        self._holds_lease = self._partition in assigned
        self._member = True
        self._changed.set()

    async def _check(self) -> None:
        """Raise what has ended the membership for good; aiokafka tells only those who fetch."""
        try:
            async with asyncio.timeout(_CHECK_SECONDS):
                await self._consumer.getmany(timeout_ms=0)
        except TimeoutError:
            return  # the group is being rearranged
        except KafkaError as error:
            raise BrokerUnavailable(f"no longer a member: {error!r}") from error
