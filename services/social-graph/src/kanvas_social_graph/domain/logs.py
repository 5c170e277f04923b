"""The logs that this service writes, and how their records are keyed and typed."""

from kanvas.graph.v1.records_pb2 import Account, Block, CredentialsRecord, Follow, GraphRecord
from kanvas_platform.kafka.records.logs import Draft, LogSpec

GRAPH = LogSpec(
    topic="kanvas.graph.v1",
    record_type=GraphRecord,
    source="/kanvas/social-graph/kanvas.graph.v1",
)
CREDENTIALS = LogSpec(
    topic="kanvas.credentials.v1",
    record_type=CredentialsRecord,
    source="/kanvas/social-graph/kanvas.credentials.v1",
)


def account_key(account_id: str) -> str:
    """Return the key of an account's records."""
    return f"account:{account_id}"


def account_draft(account: Account) -> Draft:
    """Return a record of an account's whole new state."""
    return Draft(
        log=GRAPH,
        key=account_key(account.id),
        type="kanvas.graph.account.v1",
        record=GraphRecord(account=account),
    )


def follow_draft(follower_id: str, followee_id: str, *, active: bool) -> Draft:
    """Return a record of whether one account follows another."""
    follow = Follow(follower_id=follower_id, followee_id=followee_id, active=active)
    return Draft(
        log=GRAPH,
        key=f"follow:{follower_id}:{followee_id}",
        type="kanvas.graph.follow.v1",
        record=GraphRecord(follow=follow),
    )


def block_draft(blocker_id: str, blocked_id: str, *, active: bool) -> Draft:
    """Return a record of whether one account blocks another."""
    block = Block(blocker_id=blocker_id, blocked_id=blocked_id, active=active)
    return Draft(
        log=GRAPH,
        key=f"block:{blocker_id}:{blocked_id}",
        type="kanvas.graph.block.v1",
        record=GraphRecord(block=block),
    )


def credentials_draft(account_id: str, password_hash: str) -> Draft:
    """Return a record of an account's password hash, for the log that this service alone reads."""
    return Draft(
        log=CREDENTIALS,
        key=account_key(account_id),
        type="kanvas.credentials.password.v1",
        record=CredentialsRecord(account_id=account_id, password_hash=password_hash),
    )
