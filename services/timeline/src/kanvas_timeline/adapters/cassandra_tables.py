"""Whole generations of the views in Cassandra: made, opened, taken away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kanvas_platform.cassandra.migrations import drop_keyspace, migrate, truncate
from kanvas_platform.cassandra.session import CassandraSession
from kanvas_platform.clock import Clock
from kanvas_timeline.adapters.cassandra_store import (
    GENERATION_STATEMENTS,
    VIEWS,
    CassandraFeedStore,
    mark_new_views,
)
from kanvas_timeline.domain.generations import FIRST, keyspace_of

_READ_SECONDS = 10.0


@dataclass(frozen=True)
class CassandraTables:
    """Implements `Tables`.

    Attributes:
        contact_points: Some nodes of the cluster, as (host, port).
        keyspace: That of the first generation.
        replication: Of keyspaces that are made.
        schema: The folder with the scripts.
        clock: Time.
    """

    contact_points: Sequence[tuple[str, int]]
    keyspace: str
    replication: Mapping[str, str | int]
    schema: Path
    clock: Clock

    def open(self, generation: int) -> CassandraFeedStore:
        """See the port."""
        return CassandraFeedStore(
            contact_points=self.contact_points,
            keyspace=keyspace_of(self.keyspace, generation),
            clock=self.clock,
        )

    async def make(self, generation: int) -> list[str]:
        """See the port. Returns the names of the scripts that were applied."""
        keyspace = keyspace_of(self.keyspace, generation)
        applied = await migrate(
            self.contact_points, keyspace, self.schema, replication=self.replication
        )
        await mark_new_views(self.contact_points, keyspace, self.clock)
        return applied

    async def take_away(self, generation: int) -> None:
        """See the port. The first one's keyspace stays: the row of generations lies there."""
        if generation == FIRST:
            await truncate(self.contact_points, self.keyspace, VIEWS)
        else:
            await drop_keyspace(self.contact_points, keyspace_of(self.keyspace, generation))

    async def serving(self) -> int:
        """Return the number of the generation that serves.

        Raises:
            KanvasError: The database cannot be reached, or has not got the tables.
        """
        session = await CassandraSession.connect(self.contact_points, self.keyspace)
        try:
            read = await session.prepare(GENERATION_STATEMENTS["read"])
            rows = await session.execute(read, timeout=_READ_SECONDS)
        finally:
            await session.close()
        return rows[0].serving if rows else FIRST
