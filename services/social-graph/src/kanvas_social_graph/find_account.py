"""Looking accounts up, such that what was accepted before the call is found."""

from kanvas.graph.v1.records_pb2 import Account
from kanvas_platform.kafka.reading.replica import Replica
from kanvas_social_graph.domain.contents import fold_handle
from kanvas_social_graph.domain.state import GraphState


async def find_by_handle(
    handle: str, *, replica: Replica[GraphState], timeout: float
) -> Account | None:
    """The account that has a handle, in any case; `None` if nobody had it when asked."""
    folded = fold_handle(handle)
    account_id = replica.state.handles.get(folded)
    if account_id is None:
        # A miss is only believed at the end of the log: another instance may be ahead.
        await replica.barrier(timeout)
        account_id = replica.state.handles.get(folded)
    return None if account_id is None else replica.state.accounts[account_id]


async def find_by_id(
    account_id: str, *, replica: Replica[GraphState], timeout: float
) -> Account | None:
    """The account with an id; `None` if there was none when asked."""
    account = replica.state.accounts.get(account_id)
    if account is None:
        await replica.barrier(timeout)
        account = replica.state.accounts.get(account_id)
    return account
