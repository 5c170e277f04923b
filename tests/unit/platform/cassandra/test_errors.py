import cassandra
import pytest
from cassandra.cluster import NoHostAvailable
from cassandra.connection import ConnectionShutdown
from cassandra.protocol import SyntaxException

from kanvas_platform.cassandra.errors import Disconnected, StatementRefused, translate
from kanvas_platform.errors import DeadlineExceeded, Internal, KanvasError, Unavailable


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (cassandra.OperationTimedOut(), DeadlineExceeded),
        (cassandra.InvalidRequest("no"), StatementRefused),
        (cassandra.Unauthorized("no"), StatementRefused),
        (SyntaxException(0x2000, "no", None), StatementRefused),
        (NoHostAvailable("none", {}), Disconnected),
        (ConnectionShutdown("gone"), Unavailable),
        (cassandra.ReadTimeout("slow"), Unavailable),
        (cassandra.ReadFailure("tombstones"), Unavailable),
        (cassandra.Unavailable("too few"), Unavailable),
        (ConnectionRefusedError(), Unavailable),
        (AttributeError("a bug of the driver"), Internal),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_what_the_driver_raises_says_what_to_do(raised: Exception, kind: type[KanvasError]) -> None:
    assert type(translate(raised)) is kind
