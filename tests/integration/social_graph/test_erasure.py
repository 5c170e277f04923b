"""An account whose time is over is erased on real Kafka, and its handle stays taken.

On a stack of its own, whose accounts have a second to change their mind.
"""

from collections.abc import Iterator

import pytest

from kanvas.graph.v1 import service_pb2 as pb
from kanvas.graph.v1.records_pb2 import CredentialsRecord
from kanvas.graph.v1.service_pb2_grpc import SocialGraphServiceStub
from kanvas_local.ports import address
from kanvas_local.stack import Stack
from kanvas_platform.errors import AlreadyExists, NotFound
from kanvas_platform.ids import new_id
from kanvas_platform.kafka.broker.aiokafka_broker import KafkaBroker
from kanvas_platform.kafka.records.codec import decode
from kanvas_social_graph.domain.logs import CREDENTIALS
from tests.patience import PATIENCE_SECONDS, until
from tests.patient_client import connect
from tests.ports import FirstPort

pytestmark = pytest.mark.long(seconds=60)

PASSWORD = "correct horse battery"


@pytest.fixture
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Give a stack of Kafka and two instances of social-graph."""
    stack = Stack(
        tmp_path_factory.mktemp("stack"),
        FirstPort.ERASURE,
        instances=2,
        env={"social-graph": {"KANVAS_GRACE_SECONDS": "1"}},
    )
    stack.start(["social-graph"])
    yield stack
    stack.stop()


async def credentials(own: Stack, account_id: str) -> list[tuple[bool, bool]]:
    """Return of each record of an account's credentials whether it has a hash, and a handle."""
    broker = KafkaBroker(own.kafka)
    topic = CREDENTIALS.topic
    end = (await broker.ends([topic]))[topic]
    reader = await broker.read(await broker.beginnings([topic]))
    found = []
    while reader.offset(topic) < end:
        for raw in await reader.fetch(0.5):
            record = decode(CREDENTIALS, raw).record
            assert isinstance(record, CredentialsRecord)
            if record.account_id == account_id:
                found.append((bool(record.password_hash), record.HasField("kept_handle")))
    await reader.close()
    await broker.close()
    return found


@pytest.mark.timeout(2 * PATIENCE_SECONDS)
async def test_an_account_is_erased_in_time_and_its_handle_stays_taken(own: Stack) -> None:
    client = connect(",".join(address(own.ports.grpc("social-graph", n)) for n in (1, 2)))
    stub = SocialGraphServiceStub(client.channel)
    account_id, handle = new_id(), f"ana_{new_id()[-12:]}"

    def sign_up(account_id: str) -> pb.CreateAccountRequest:
        return pb.CreateAccountRequest(
            command_id=new_id(), account_id=account_id, handle=handle, password=PASSWORD
        )

    made = await client.call(stub.CreateAccount, sign_up(account_id))
    request = pb.DeleteAccountRequest(
        command_id=new_id(), session_id=made.session.id, password=PASSWORD
    )
    await client.call(stub.DeleteAccount, request, identity=account_id, attempts=1)

    async def is_erased() -> bool:
        """Return whether even its owner does not find it."""
        own_account = pb.GetAccountRequest(account_id=account_id)
        try:
            await client.call(stub.GetAccount, own_account, identity=account_id)
        except NotFound:
            return True
        return False

    await until(is_erased)
    with pytest.raises(AlreadyExists, match="taken"):
        await client.call(stub.CreateAccount, sign_up(new_id()))
    assert await credentials(own, account_id) == [(True, False), (False, True)]
    await client.close()
