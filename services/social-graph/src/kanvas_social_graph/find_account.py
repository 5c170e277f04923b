"""Looking accounts up. An account that was made before the call is found."""

from kanvas.graph.v1.records_pb2 import Account
from kanvas_social_graph.domain.contents import fold_handle
from kanvas_social_graph.ports import GraphReplica


async def find_by_handle(handle: str, *, replica: GraphReplica, timeout: float) -> Account | None:
    """Return the account that has a handle, in any case; `None` if there was none when asked.

    Raises:
        NotFresh: The log could not be read to its end in time.
    """
    folded = fold_handle(handle)
    account_id = replica.state.handles.get(folded)
    if account_id is None:
        # That there is none is only known at the end of the log: another instance may be ahead.
        await replica.barrier(timeout)
        account_id = replica.state.handles.get(folded)
    return None if account_id is None else replica.state.accounts[account_id]


async def find_by_id(account_id: str, *, replica: GraphReplica, timeout: float) -> Account | None:
    """Return the account with an id; `None` if there was none when asked.

    Raises:
        NotFresh: The log could not be read to its end in time.
    """
    account = replica.state.accounts.get(account_id)
    if account is None:
        await replica.barrier(timeout)
        account = replica.state.accounts.get(account_id)
    return account
