"""An instance of the service without Kafka, as use cases and callers meet it."""

from kanvas.graph.v1.records_pb2 import CredentialsRecord, GraphRecord
from kanvas.graph.v1.service_pb2_grpc import SocialGraphServiceStub
from kanvas_platform.errors import PositionUnknown
from kanvas_platform.kafka.contract import Command, Receipt
from kanvas_platform.kafka.store.space import Space
from kanvas_platform.testing.clock import ManualClock
from kanvas_platform.testing.local_calls import local_stub
from kanvas_social_graph.domain.decide import decide
from kanvas_social_graph.domain.state import GraphState
from kanvas_social_graph.entrypoints.grpc import SocialGraph
from kanvas_social_graph.errors import HashingBusy


class GraphLog:
    """Doubles `GraphReplica` and `Commands`: decides, numbers and folds at once."""

    leads = True

    def __init__(self, clock: ManualClock) -> None:
        self.state = GraphState(Space())
        self.position = 0
        self._clock = clock
        self._created: dict[str, int] = {}

    def check_fresh(self, within: float = 1.0) -> None:
        assert within > 0

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
        assert topic == "kanvas.graph.v1"
        return self._created.get(key)

    async def submit(self, command: Command, timeout: float) -> Receipt:
        assert timeout > 0
        for draft in decide(self.state, command, self._clock.now()):
            record = draft.record
            assert isinstance(record, GraphRecord | CredentialsRecord)
            if isinstance(record, GraphRecord):
                self.position += 1
                self._created.setdefault(draft.key, self.position)
                record.meta.position = self.position
            self.state.apply(draft.log.topic, record)
        return Receipt(self.position, {})


class PlainPasswords:
    """Doubles `Passwords`: a hash is the password behind a sign."""

    busy = False

    async def hash(self, password: str) -> str:
        return f"${password}"

    async def verify(self, password_hash: str | None, password: str) -> bool:
        if self.busy:
            raise HashingBusy("Busy.", retry_after=1.0)
        return password_hash == f"${password}"


def graph_stub(log: GraphLog, clock: ManualClock) -> SocialGraphServiceStub:
    """Return the service over a log, as callers reach it."""
    servicer = SocialGraph(replica=log, commands=log, passwords=PlainPasswords(), clock=clock)
    return local_stub(SocialGraphServiceStub, servicer)
