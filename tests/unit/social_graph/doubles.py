"""An instance of the service without Kafka, as use cases and callers meet it."""

from collections import Counter
from dataclasses import replace

from kanvas.graph.v1.service_pb2_grpc import SocialGraphServiceStub
from kanvas_platform.errors import PositionUnknown, Unavailable
from kanvas_platform.kafka.contract import Command, Receipt
from kanvas_platform.kafka.records.codec import meta_of
from kanvas_platform.kafka.store.space import Space
from kanvas_platform.testing.clock import ManualClock
from kanvas_platform.testing.local_calls import local_stub
from kanvas_platform.timestamps import to_timestamp
from kanvas_social_graph.domain.decide import decide
from kanvas_social_graph.domain.logs import GRAPH
from kanvas_social_graph.domain.state import GraphState
from kanvas_social_graph.entrypoints.grpc import SocialGraph
from kanvas_social_graph.errors import HashingBusy
from kanvas_social_graph.exporter import Underway
from kanvas_social_graph.kept_handles import HandleSecret

GRACE_SECONDS = 14 * 86400
SECRET = HandleSecret(b"a secret of these tests, 32 bytes")
EXPORT_PAUSE_SECONDS = 86_400.0


class GraphLog:
    """Doubles `GraphReplica` and `Commands`: decides, numbers and folds at once."""

    leads = True
    down = False

    def __init__(self, clock: ManualClock) -> None:
        self.state = GraphState(Space())
        self.clock = clock
        self._ends: Counter[str] = Counter()
        self._created: dict[tuple[str, str], int] = {}
        self._answers: dict[tuple[str, str], Receipt] = {}

    @property
    def position(self) -> int:
        return self._ends[GRAPH.topic]

    async def until_fresh(self, timeout: float) -> None:
        assert timeout > 0

    async def wait_for(self, position: int, timeout: float) -> None:
        await self.include(position, timeout)

    async def include(self, position: int, timeout: float) -> None:
        assert timeout > 0
        if position > self.position:
            raise PositionUnknown("The log ends before it.")

    async def barrier(self, timeout: float) -> int:
        assert timeout > 0
        return self.position

    def created_position(self, topic: str, key: str) -> int | None:
        return self._created.get((topic, key))

    async def submit(self, command: Command, timeout: float) -> Receipt:
        assert timeout > 0
        if self.down:
            raise Unavailable("The log does not answer.")
        asked = (command.actor, command.id)
        known = self._answers.get(asked)
        if command.id and known is not None:
            return replace(known, repeated=True)
        for draft in decide(self.state, command, self.clock.now()):
            topic, meta = draft.log.topic, meta_of(draft.record)
            self._ends[topic] += 1
            meta.position = self._ends[topic]
            meta.created_position = self._created.setdefault((topic, draft.key), meta.position)
            meta.decided_at.CopyFrom(to_timestamp(self.clock.now()))
            self.state.apply(topic, draft.record)
        receipt = Receipt(self.position, {})
        return self._answers.setdefault(asked, receipt) if command.id else receipt


class PlainPasswords:
    """Doubles `Passwords`: a hash is the password behind a sign."""

    busy = False

    async def hash(self, password: str) -> str:
        return f"${password}"

    async def verify(self, password_hash: str | None, password: str) -> bool:
        if self.busy:
            raise HashingBusy("Busy.", retry_after=1.0)
        return password_hash == f"${password}"


def graph_stub(
    log: GraphLog, clock: ManualClock, underway: Underway | None = None
) -> SocialGraphServiceStub:
    """Return the service over a log, as callers reach it."""
    servicer = SocialGraph(
        replica=log,
        commands=log,
        passwords=PlainPasswords(),
        secret=SECRET,
        grace_seconds=GRACE_SECONDS,
        clock=clock,
        underway=underway or Underway(),
        export_pause_seconds=EXPORT_PAUSE_SECONDS,
    )
    return local_stub(SocialGraphServiceStub, servicer)
