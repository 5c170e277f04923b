"""Sign-in: does this password belong to this handle?"""

from kanvas.graph.v1.records_pb2 import Account
from kanvas_platform.kafka.replica import Replica
from kanvas_social_graph.domain.state import GraphState
from kanvas_social_graph.errors import CredentialsWrong
from kanvas_social_graph.find_account import find_by_handle
from kanvas_social_graph.ports import Passwords


async def verify_credentials(
    handle: str,
    password: str,
    *,
    replica: Replica[GraphState],
    passwords: Passwords,
    timeout: float,
) -> Account:
    """The account of a handle if the password is its own.

    Raises CredentialsWrong for an unknown handle and for a wrong password alike, after the same
    time.
    """
    account = await find_by_handle(handle, replica=replica, timeout=timeout)
    password_hash = replica.state.password_hashes.get(account.id) if account else None
    if not await passwords.verify(password_hash, password) or account is None:
        raise CredentialsWrong("The handle or the password is wrong.")
    return account
