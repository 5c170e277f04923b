"""The logs that this service writes, and how their records are keyed and typed."""

from kanvas.graph.v1.records_pb2 import (
    Account,
    Block,
    CredentialsRecord,
    Export,
    ExportRecord,
    Follow,
    GraphRecord,
    KeptHandle,
    Session,
    SessionEnded,
    SessionRecord,
)
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
SESSIONS = LogSpec(
    topic="kanvas.sessions.v1",
    record_type=SessionRecord,
    source="/kanvas/social-graph/kanvas.sessions.v1",
)
EXPORTS = LogSpec(
    topic="kanvas.exports.v1",
    record_type=ExportRecord,
    source="/kanvas/social-graph/kanvas.exports.v1",
)
SIDES = (CREDENTIALS, SESSIONS, EXPORTS)
READ = (GRAPH, *SIDES)
"""What the service reads; an operator can let it go past a record of each."""


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


def erased_credentials_draft(account_id: str, kept: KeptHandle) -> Draft:
    """Return the record that stands in the place of an erased account's password hash."""
    return Draft(
        log=CREDENTIALS,
        key=account_key(account_id),
        type="kanvas.credentials.erased.v1",
        record=CredentialsRecord(account_id=account_id, kept_handle=kept),
    )


def session_key(account_id: str, session_id: str) -> str:
    """Return the key of a session's records.

    Callers choose the ids of sessions. With the account in the key, nobody's session takes the
    place of another's end, which compaction would then remove.
    """
    return f"session:{account_id}:{session_id}"


def session_draft(session: Session) -> Draft:
    """Return a record of a session's whole new state, for the log that this service alone reads."""
    return Draft(
        log=SESSIONS,
        key=session_key(session.account_id, session.id),
        type="kanvas.sessions.session.v1",
        record=SessionRecord(session=session),
    )


def session_ended_draft(ended: SessionEnded) -> Draft:
    """Return the record by which others learn that a session has ended."""
    return Draft(
        log=GRAPH,
        key=session_key(ended.account_id, ended.id),
        type="kanvas.graph.session-ended.v1",
        record=GraphRecord(session_ended=ended),
    )


def export_draft(export: Export) -> Draft:
    """Return a record of the whole new state of an account's export, for this service alone."""
    return Draft(
        log=EXPORTS,
        key=account_key(export.account_id),
        type="kanvas.exports.export.v1",
        record=ExportRecord(export=export),
    )
