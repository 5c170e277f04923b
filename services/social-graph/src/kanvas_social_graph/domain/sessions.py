"""What a session is: how long it lasts, how many an account has, and what stays of one that ended.

A session stands in the log of sessions, whole, and its end there too, so that this log alone says
which sessions go on. That one has ended stands in the graph besides: from there it gets into the
order of the feed, where gateways read it.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from kanvas.graph.v1.records_pb2 import Device, Session, SessionEnded
from kanvas_platform.kafka.records.logs import Draft
from kanvas_platform.timestamps import to_seconds, to_timestamp
from kanvas_social_graph.domain.logs import session_draft, session_ended_draft

SESSION_SECONDS: Final = 14 * 86400
"""How long a session lasts. Gateways give their tokens of the page the same time."""

SESSIONS_MAX: Final = 50
"""How many an account has. With one more, one ends: see `crowded_out`."""

USE_SECONDS: Final = 3600
"""A use within so many seconds of the last one that was noted is not noted: reads do not write."""


def new_session(session_id: str, account_id: str, device: Device, now: float) -> Session:
    """Return a session that begins now."""
    return Session(
        id=session_id,
        account_id=account_id,
        device=device,
        made_at=to_timestamp(now),
        used_at=to_timestamp(now),
        expires_at=to_timestamp(now + SESSION_SECONDS),
    )


def used(session: Session, now: float) -> Session:
    """Return a session as it is after a use."""
    after = Session()
    after.CopyFrom(session)
    after.used_at.CopyFrom(to_timestamp(now))
    return after


def is_noted(session: Session, now: float) -> bool:
    """Return whether a use now is one that was noted already, to the hour; the first never is."""
    return _was_used(session) and now < to_seconds(session.used_at) + USE_SECONDS


def goes_on(session: Session, now: float) -> bool:
    """Return whether a session has not ended by itself."""
    return now < to_seconds(session.expires_at)


def ending(sessions: Iterable[Session], now: float) -> list[Draft]:
    """Return the records that end sessions now. Nothing of their devices stays."""
    drafts: list[Draft] = []
    for session in sessions:
        drafts += [session_draft(_ended(session, now)), session_ended_draft(end_of(session))]
    return drafts


def stripping(sessions: Iterable[Session], now: float) -> list[Draft]:
    """Return the records after which nothing of the devices of sessions stays that have ended.

    Nobody else has to learn of it: no token of theirs is good any more.
    """
    return [session_draft(_ended(session, now)) for session in sessions]


def _ended(session: Session, now: float) -> Session:
    return Session(
        id=session.id,
        account_id=session.account_id,
        made_at=session.made_at,
        expires_at=session.expires_at,
        ended_at=to_timestamp(now),
    )


def end_of(session: Session) -> SessionEnded:
    """Return what others are told of the end of a session."""
    return SessionEnded(id=session.id, account_id=session.account_id, expires_at=session.expires_at)


def crowded_out(sessions: Sequence[Session]) -> list[Session]:
    """Return those of an account's sessions that end so that there is room for one more.

    First those that were never used again: a program that signs in for each of its runs leaves
    many of them behind, and they must not end the pages of a person. Then those that were not used
    for longest.
    """
    surplus = max(0, len(sessions) + 1 - SESSIONS_MAX)
    return sorted(sessions, key=_worth)[:surplus]


def _worth(session: Session) -> tuple[bool, float, str]:
    return _was_used(session), to_seconds(session.used_at), session.id


def _was_used(session: Session) -> bool:
    """Return whether a use was noted: that of a page is at once, that of most programs never."""
    return session.used_at != session.made_at
