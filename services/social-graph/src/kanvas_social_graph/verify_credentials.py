"""Sign-in: a handle and its password."""

from kanvas.graph.v1.records_pb2 import Account
from kanvas_social_graph.domain.contents import fold_handle
from kanvas_social_graph.errors import CredentialsWrong
from kanvas_social_graph.find_account import find_by_handle
from kanvas_social_graph.password_check import Client, PasswordCheck
from kanvas_social_graph.ports import GraphReplica


async def verify_credentials(
    handle: str,
    password: str,
    client: Client,
    *,
    replica: GraphReplica,
    check: PasswordCheck,
    timeout: float,
) -> Account:
    """Return the account of a handle, if the password is the account's.

    Raises:
        CredentialsWrong: The handle is unknown or the password is wrong. Both take the same time.
        RateLimited: There were too many attempts.
        HashingBusy: Too many passwords are being hashed.
        NotFresh: The log could not be read to its end in time.
    """
    folded = fold_handle(handle)
    account = await find_by_handle(folded, replica=replica, timeout=timeout)
    right = await check.matches(account, folded, password, client, timeout=timeout)
    if not right or account is None:
        raise CredentialsWrong("The handle or the password is wrong.")
    return account
