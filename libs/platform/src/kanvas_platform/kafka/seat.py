"""The seat of an office: who of a consumer group is assigned the one partition."""

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

from kanvas_platform.kafka.broker import BrokerUnavailable
from kanvas_platform.observability import get_logger

_SESSION_MS: Final = 2000
_HEARTBEAT_MS: Final = 300
_REQUEST_MS: Final = 5000
_RETRY_MS: Final = 50
_NEVER_MS: Final = 2**31 - 1
_CHECK_SECONDS: Final = 1.0
_LEAVE_SECONDS: Final = 2.0

_log = get_logger(__name__)


class IncumbentAssignor:
    """Gives the partition to the member that has it, else to the one with the lowest id.

    Changes of hands are numbered, and all members know the last number that they heard of. Where
    two say that they hold the seat, the one with the higher number does: a member that was
    stopped for a while loses to the one that has replaced it. (The sticky assignor of aiokafka
    keeps its state on the class, so two members in one process would mix theirs.)
    """

    name = "kanvas-incumbent"

    def __init__(self) -> None:
        self._number = 0
        self._holds = False

    def metadata(self, topics: Iterable[str]) -> ConsumerProtocolMemberMetadata:
        """Return what this member tells the one that assigns."""
        told = f"{self._number} {int(self._holds)}".encode()
        return ConsumerProtocolMemberMetadata(0, list(topics), told)

    def assign(
        self,
        cluster: object,
        members: Mapping[str, ConsumerProtocolMemberMetadata],
    ) -> dict[str, ConsumerProtocolMemberAssignment]:
        """Assign partition 0 of the topic to one member, nothing to the others."""
        told = {name: _parse(member.user_data) for name, member in members.items()}
        number = max(heard for heard, _ in told.values())
        holders = {name: heard for name, (heard, holds) in told.items() if holds}
        if holders:
            holder = max(holders, key=lambda name: holders[name])
        else:
            holder, number = min(members), number + 1
        topics = members[holder].subscription
        return {
            name: ConsumerProtocolMemberAssignment(
                0,
                [(topic, [0]) for topic in topics] if name == holder else [],
                str(number).encode(),
            )
            for name in members
        }

    def on_assignment(self, assignment: ConsumerProtocolMemberAssignment) -> None:
        """Remember the number, and whether this member holds the seat."""
        self._number = int(assignment.user_data or b"0")
        self._holds = bool(assignment.assignment)


def _parse(told: bytes) -> tuple[int, bool]:
    number, holds = told.split()
    return int(number), holds == b"1"


class KafkaCandidate(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka is untyped
    """Implements `Candidate` by a group member that never reads.

    Being revoked is not yet a loss: each time somebody joins, the partition is revoked from the
    one that has it and, as a rule, assigned to it again.
    """

    def __init__(self, *, bootstrap: str, group: str, topic: str) -> None:
        self._partition = TopicPartition(topic, 0)
        self._seated = False
        self._changed = asyncio.Event()
        self._consumer: Any = AIOKafkaConsumer(
            bootstrap_servers=bootstrap,
            group_id=group,
            partition_assignment_strategy=(IncumbentAssignor(),),
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
    def seated(self) -> bool:
        """See `Candidate`."""
        return self._seated

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
        """See `Candidate`. A commit is what the group checks membership by; its offset is moot."""
        try:
            async with asyncio.timeout(timeout):
                await self._consumer.commit({self._partition: 0})
        except (KafkaError, IllegalStateError, TimeoutError) as error:
            _log.info("seat not confirmed", topic=self._partition.topic, error=repr(error))
            return False
        return self._seated

    async def leave(self) -> None:
        """See `Candidate`."""
        try:
            async with asyncio.timeout(_LEAVE_SECONDS):
                await self._consumer.stop()
        except (KafkaError, TimeoutError) as error:
            # The session time-out does it then.
            _log.warning("left without a word", topic=self._partition.topic, error=repr(error))

    # Called by aiokafka.

    async def on_partitions_revoked(self, revoked: object) -> None:
        """Keep the seat until it is known who gets it."""

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Learn who has the seat. Nothing is ever to be fetched."""
        self._consumer.pause(*assigned)
        self._seated = self._partition in assigned
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
