"""What can be asked of the graph. The acting account is the command's actor."""

from dataclasses import dataclass

from kanvas.graph.v1.records_pb2 import Archive


@dataclass(frozen=True)
class StartSession:
    """Make a session of the actor, who has shown the password of a hash."""

    session_id: str
    app: str
    system: str
    shown_hash: str


@dataclass(frozen=True)
class CreateAccount:
    """Make the actor's account and, where an id is named, a session of it.

    `domain.contents` has checked every field. By `handle_digest` it is known whether the handle is
    kept for an account that was erased.
    """

    handle: str
    display_name: str
    password_hash: str
    session_id: str = ""
    app: str = ""
    system: str = ""
    handle_digest: bytes = b""


@dataclass(frozen=True)
class ChangePassword:
    """Change the actor's password from the one of a hash; all sessions but one end."""

    session_id: str
    shown_hash: str
    password_hash: str


@dataclass(frozen=True)
class DeleteAccount:
    """Have the actor's account erased once `grace_seconds` are over.

    The actor, in a session that goes on, has shown the password of a hash. That session and all
    others end, and the next one begins.
    """

    session_id: str
    next_session_id: str
    shown_hash: str
    grace_seconds: float


@dataclass(frozen=True)
class KeepAccount:
    """Take the deletion of the actor's account back. All sessions end, and the next one begins."""

    session_id: str
    next_session_id: str


@dataclass(frozen=True)
class EraseAccount:
    """Erase an account whose time is over, and keep its handle. The writer's own command."""

    account_id: str
    handle_digest: bytes


@dataclass(frozen=True)
class EndSession:
    """End a session, if it is the actor's and goes on; another session of the actor asks for it."""

    session_id: str
    asking_id: str


@dataclass(frozen=True)
class EndOtherSessions:
    """End all sessions of the actor but one."""

    session_id: str


@dataclass(frozen=True)
class UseSession:
    """Note that a session of the actor is used."""

    session_id: str


@dataclass(frozen=True)
class EraseBelongings:
    """Erase some of what belongs to an erased account. The writer's own command.

    Attributes:
        account_id: The account.
        follows: Pairs of who follows whom.
        blocks: Pairs of who blocks whom.
        session_ids: Sessions.
    """

    account_id: str
    follows: tuple[tuple[str, str], ...]
    blocks: tuple[tuple[str, str], ...]
    session_ids: tuple[str, ...]


@dataclass(frozen=True)
class UpdateProfile:
    """Change the actor's profile. `None` leaves a field as it is; version 0 expects none."""

    display_name: str | None
    bio: str | None
    expected_version: int


@dataclass(frozen=True)
class SetFollow:
    """Have the actor follow `account_id`, or follow it no longer."""

    account_id: str
    active: bool


@dataclass(frozen=True)
class SetBlock:
    """Have the actor block `account_id`, or block it no longer."""

    account_id: str
    active: bool


@dataclass(frozen=True)
class AskExport:
    """Ask for an archive of what belongs to the actor, at most once in so many seconds."""

    export_id: str
    pause_seconds: float


@dataclass(frozen=True)
class FinishExport:
    """Note that the archive of an export was made, and is kept for so many seconds."""

    account_id: str
    export_id: str
    archive: Archive
    keep_seconds: float


@dataclass(frozen=True)
class FailExport:
    """Give an export up."""

    account_id: str
    export_id: str


@dataclass(frozen=True)
class RemoveExport:
    """Note that the archive of an export is kept no longer."""

    account_id: str
    export_id: str
