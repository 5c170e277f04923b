"""Sign-in: does this password belong to this handle?"""

from kanvas.graph.v1.records_pb2 import Account
from kanvas_platform.kafka.reading.replica import Replica
from kanvas_social_graph.check_password import Client, PasswordCheck
from kanvas_social_graph.domain.contents import fold_handle
from kanvas_social_graph.domain.state import GraphState
from kanvas_social_graph.errors import CredentialsWrong
from kanvas_social_graph.find_account import find_by_handle


async def verify_credentials(
    handle: str,
    password: str,
    client: Client,
    *,
    replica: Replica[GraphState],
    check: PasswordCheck,
    timeout: float,
) -> Account:
    """The account of a handle if the password is its own.

    Raises CredentialsWrong for an unknown handle and for a wrong password alike, after the same
    time; RateLimited after too many of either.
    """
    folded = fold_handle(handle)
    account = await find_by_handle(folded, replica=replica, timeout=timeout)
    right = await check.matches(account, folded, password, client, timeout=timeout)
    if not right or account is None:
        raise CredentialsWrong("The handle or the password is wrong.")
    return account
