"""Kafka in memory, with the traps of the real one.

They are kept because data is lost where they are forgotten: a commit returns before its records
can be read, and one topic shows them before the other; an open transaction hides whatever stands
after it; offsets have holes where transaction markers stand; a member that was stopped still
believes that it holds the lease; a producer learns that it was replaced only when it tries to
commit.

Bottom up: `log` is what stands in a topic and who can read it, `leases` who holds one, `cluster`
what all processes share; `process` is one that may be stopped or cut off; `producer` and `reader`
are what it does to logs, and `broker` is its way in.
"""

from kanvas_platform.testing.memory_broker.broker import MemoryBroker
from kanvas_platform.testing.memory_broker.cluster import MemoryCluster
from kanvas_platform.testing.memory_broker.leases import MemoryCandidate
from kanvas_platform.testing.memory_broker.producer import CommitFault
from kanvas_platform.testing.memory_broker.reader import MemoryReader

__all__ = ["CommitFault", "MemoryBroker", "MemoryCandidate", "MemoryCluster", "MemoryReader"]
