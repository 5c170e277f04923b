"""An instance of social-graph is killed: it reads on from its folder, or folds anew without it.

On a stack of its own, so that it disturbs nobody.
"""

import shutil
import signal
from collections.abc import Iterator

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from kanvas.graph.v1 import service_pb2 as pb
from kanvas.graph.v1.service_pb2_grpc import SocialGraphServiceStub
from kanvas_local.ports import address
from kanvas_local.stack import Stack
from kanvas_platform.ids import new_id
from tests.patience import until
from tests.patient_client import connect
from tests.ports import FirstPort

pytestmark = pytest.mark.long(seconds=60)

UNIT = "social-graph-2"


@pytest.fixture
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Give a stack of Kafka and two instances of social-graph."""
    stack = Stack(tmp_path_factory.mktemp("stack"), FirstPort.KEPT_STATE, instances=2)
    stack.start(["social-graph"])
    yield stack
    stack.stop()


async def sample(own: Stack, name: str, **labels: str) -> float:
    """Return the sum of a metric's samples that have these labels."""
    url = f"http://{address(own.ports.ops('social-graph', 2))}/metrics"
    async with httpx.AsyncClient() as client:
        text = (await client.get(url, timeout=30)).text
    return sum(
        found.value
        for family in text_string_to_metric_families(text)
        for found in family.samples
        if found.name == name and labels.items() <= found.labels.items()
    )


async def sign_up(own: Stack) -> str:
    client = connect(address(own.ports.grpc("social-graph", 1)))
    request = pb.CreateAccountRequest(
        command_id=new_id(), account_id=new_id(), handle=f"u{new_id()[-12:]}", password=new_id()
    )
    made = await client.call(SocialGraphServiceStub(client.channel).CreateAccount, request)
    await client.close()
    return made.account.id


async def knows(own: Stack, account_id: str) -> bool:
    client = connect(address(own.ports.grpc("social-graph", 2)))
    request = pb.GetAccountRequest(account_id=account_id)
    found = await client.call(SocialGraphServiceStub(client.channel).GetAccount, request)
    await client.close()
    return found.account.id == account_id


async def flushed(own: Stack) -> None:
    """Return once more is written. It may have been frozen before the call."""
    before = await sample(own, "kanvas_state_flushes_total", result="written")

    async def written() -> bool:
        return await sample(own, "kanvas_state_flushes_total", result="written") > before

    await until(written)


async def killed(own: Stack) -> None:
    """Kill the instance, and return once the supervisor has started it again."""
    pid = own.kill(UNIT, signal.SIGKILL)

    async def back() -> bool:
        try:
            async with httpx.AsyncClient() as client:
                url = f"http://{address(own.ports.ops('social-graph', 2))}/readyz"
                ready = (await client.get(url, timeout=30)).status_code == 200
        except httpx.HTTPError:
            return False
        process = own.state.units[UNIT].process
        return ready and process is not None and process.pid != pid

    await until(back)


async def folded_since_start(own: Stack) -> float:
    return await sample(
        own, "kanvas_log_records_total", reader="social-graph-replica", topic="kanvas.graph.v1"
    )


@pytest.mark.timeout(600)
async def test_a_killed_instance_reads_on_and_one_without_its_folder_folds_anew(
    own: Stack,
) -> None:
    people = []
    for _ in range(3):
        people.append(await sign_up(own))
        await flushed(own)
    await killed(own)
    assert await knows(own, people[0])
    accounts = await sample(own, "kanvas_graph_accounts")
    assert accounts >= len(people)
    assert await folded_since_start(own) < accounts

    shutil.rmtree(own.layout.data / UNIT)
    await killed(own)
    assert await knows(own, people[0])
    assert await sample(own, "kanvas_graph_accounts") == accounts
    assert await folded_since_start(own) >= accounts
