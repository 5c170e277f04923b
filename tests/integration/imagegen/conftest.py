"""The image service of the shared stack, as its callers see it."""

from collections.abc import AsyncIterator

import pytest

from kanvas.imagegen.v1.service_pb2_grpc import ImageGenerationServiceStub
from kanvas_local.ports import address
from kanvas_local.stack import SERVERS, Stack
from kanvas_platform.ids import new_id
from tests.integration.imagegen.callers import Caller
from tests.patient_client import connect


@pytest.fixture(scope="session")
def imagegen(stack: Stack) -> Stack:
    """Return the shared stack with two ready instances of imagegen."""
    stack.start((*SERVERS, "imagegen"))
    return stack


@pytest.fixture
async def callers(imagegen: Stack) -> AsyncIterator[list[Caller]]:
    """One caller at each instance, acting for the same new account."""
    owner = new_id()
    clients = [connect(address(imagegen.ports.grpc("imagegen", number))) for number in (1, 2)]
    yield [Caller(client, ImageGenerationServiceStub(client.channel), owner) for client in clients]
    for client in clients:
        await client.close()
