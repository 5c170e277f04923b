"""Decisions on commands: pure, so that the writer, tests and simulations run the same code."""

from collections.abc import Sequence

from google.protobuf.timestamp_pb2 import Timestamp

from kanvas.graph.v1.records_pb2 import (
    EXPORT_STATE_ASKED,
    EXPORT_STATE_READY,
    Account,
    Device,
    Export,
    ExportState,
    Session,
)
from kanvas_platform.errors import CommandIdReused
from kanvas_platform.kafka.contract import Command
from kanvas_platform.kafka.records.logs import Draft
from kanvas_social_graph.domain.commands import (
    AskExport,
    ChangePassword,
    CreateAccount,
    DeleteAccount,
    EndOtherSessions,
    EndSession,
    EraseAccount,
    EraseBelongings,
    FailExport,
    FinishExport,
    KeepAccount,
    RemoveExport,
    SetBlock,
    SetFollow,
    StartSession,
    UpdateProfile,
    UseSession,
)
from kanvas_social_graph.domain.deletion import (
    deleting,
    erased,
    is_active,
    is_deleting,
    is_due,
    is_erased,
    kept,
    kept_handle,
)
from kanvas_social_graph.domain.exports import (
    asked,
    failed,
    forgotten,
    gone,
    ready,
    seconds_to_wait,
)
from kanvas_social_graph.domain.logs import (
    account_draft,
    block_draft,
    credentials_draft,
    erased_credentials_draft,
    export_draft,
    follow_draft,
    session_draft,
)
from kanvas_social_graph.domain.sessions import (
    crowded_out,
    ending,
    is_noted,
    new_session,
    stripping,
    used,
)
from kanvas_social_graph.domain.state import GraphState
from kanvas_social_graph.errors import (
    AccountDeleting,
    AccountExists,
    AccountUnknown,
    Blocked,
    CredentialsWrong,
    ExportTooSoon,
    HandleTaken,
    PasswordWrong,
    SelfFollow,
    SessionEnded,
    VersionConflict,
)

DeletionCommand = DeleteAccount | KeepAccount | EraseAccount | EraseBelongings
SessionCommand = StartSession | ChangePassword | EndSession | EndOtherSessions | UseSession
ExportCommand = AskExport | FinishExport | FailExport | RemoveExport


def decide(state: GraphState, command: Command, now: float) -> Sequence[Draft]:
    """Return the records that a command makes, in order; none where it changes nothing.

    Args:
        state: The graph as it is.
        command: What is wanted.
        now: Unix time in seconds, by the writer's clock.

    Raises:
        AccountExists: Sign-up: the id is in use.
        HandleTaken: Sign-up: another account has the handle, or had it and was erased lately.
        AccountUnknown: The actor or the other account does not exist, or is erased. A new follow or
            block: the other account is being deleted.
        AccountDeleting: The actor's account is being deleted.
        VersionConflict: The profile is of a later version than the command expects.
        SelfFollow: The other account of a follow or a block is the actor's own.
        Blocked: A follow between two accounts of which one blocks the other.
        CommandIdReused: The id of a session to be is that of another account's.
        CredentialsWrong: The password with which a session is to begin was changed meanwhile.
        PasswordWrong: The password that was shown for a change or a deletion was changed meanwhile.
        SessionEnded: The session that acts does not go on, or is not the actor's.
        ExportTooSoon: The last export was asked for a short while ago.
    """
    match command.body:
        case CreateAccount() as body:
            return _create_account(state, command.actor, body, now)
        case UpdateProfile() as body:
            return _update_profile(state, command.actor, body)
        case StartSession() | ChangePassword() | EndSession() | EndOtherSessions() | UseSession():
            return _decide_on_session(state, command.actor, command.body, now)
        case DeleteAccount() | KeepAccount() | EraseAccount() | EraseBelongings():
            return _decide_on_deletion(state, command.actor, command.body, now)
        case SetFollow() | SetBlock():
            return _set_edge(state, command.actor, command.body)
        case AskExport() | FinishExport() | FailExport() | RemoveExport():
            return _decide_on_export(state, command.actor, command.body, now)
        case other:
            raise TypeError(f"not a command of the graph: {type(other).__name__}")


def _create_account(
    state: GraphState, account_id: str, body: CreateAccount, now: float
) -> Sequence[Draft]:
    if account_id in state.accounts:
        raise AccountExists("An account with this id exists already.")
    if body.handle in state.handles:
        raise HandleTaken("This handle is taken. Choose another one.")
    if state.keeps_handle(body.handle_digest, now):
        # As if it were there: that somebody has left is nobody's business.
        raise HandleTaken("This handle is taken. Choose another one.")
    _check_session_id(state, account_id, body.session_id)
    created_at = Timestamp()
    created_at.FromMilliseconds(int(now * 1000))
    account = Account(
        id=account_id,
        handle=body.handle,
        display_name=body.display_name,
        created_at=created_at,
        version=1,
    )
    drafts = [account_draft(account), credentials_draft(account_id, body.password_hash)]
    if body.session_id:
        device = Device(app=body.app, system=body.system)
        drafts.append(session_draft(new_session(body.session_id, account_id, device, now)))
    return drafts


def _update_profile(state: GraphState, account_id: str, body: UpdateProfile) -> Sequence[Draft]:
    before = _active(state, account_id)
    after = Account()
    after.CopyFrom(before)
    if body.display_name is not None:
        after.display_name = body.display_name
    if body.bio is not None:
        after.bio = body.bio
    if after == before:
        # Whatever version is expected: an earlier try of this request may have made the change.
        return []
    if body.expected_version not in (0, before.version):
        raise VersionConflict(
            "The profile was changed meanwhile. Load it again and repeat your change.",
            metadata={"version": str(before.version)},
        )
    after.version += 1
    return [account_draft(after)]


def _decide_on_deletion(
    state: GraphState, account_id: str, body: DeletionCommand, now: float
) -> Sequence[Draft]:
    match body:
        case DeleteAccount():
            return _delete_account(state, account_id, body, now)
        case KeepAccount():
            return _keep_account(state, account_id, body, now)
        case EraseAccount():
            return _erase_account(state, body, now)
        case EraseBelongings():
            return _erase_belongings(state, body, now)


def _delete_account(
    state: GraphState, account_id: str, body: DeleteAccount, now: float
) -> Sequence[Draft]:
    before = _known(state, account_id)
    if is_deleting(before):
        return []  # its time stays: asking again must not put it off
    own = _own_session(state, account_id, body.session_id, now)
    if body.shown_hash != state.password_hashes.get(account_id):
        raise PasswordWrong("The password was changed meanwhile.")
    return [
        account_draft(deleting(before, now + body.grace_seconds)),
        *_give_up_export(state, account_id, now),
        *_exchange(state, own, body.next_session_id, now),
    ]


def _keep_account(
    state: GraphState, account_id: str, body: KeepAccount, now: float
) -> Sequence[Draft]:
    before = _known(state, account_id)
    if is_active(before):
        return []
    # Also where its time is over: until the writer has erased it, everything is there.
    own = _own_session(state, account_id, body.session_id, now)
    return [account_draft(kept(before)), *_exchange(state, own, body.next_session_id, now)]


def _erase_account(state: GraphState, body: EraseAccount, now: float) -> Sequence[Draft]:
    before = state.accounts.get(body.account_id)
    if before is None or not is_due(before, now):
        return []  # erased before, or kept by its owner since it was found to be due
    return [
        account_draft(erased(before)),
        erased_credentials_draft(before.id, kept_handle(body.handle_digest, now)),
        *ending(state.live_sessions(before.id, now), now),
        *_forget_export(state, before.id),
    ]


def _erase_belongings(state: GraphState, body: EraseBelongings, now: float) -> Sequence[Draft]:
    account = state.accounts.get(body.account_id)
    if account is None or not is_erased(account):
        return []
    follows = [edge for edge in body.follows if account.id in edge and edge in state.follows]
    blocks = [edge for edge in body.blocks if account.id in edge and edge in state.blocks]
    sessions = [
        session
        for session in map(state.sessions.get, body.session_ids)
        if session is not None and session.account_id == account.id
    ]
    return [
        *(follow_draft(*edge, active=False) for edge in follows),
        *(block_draft(*edge, active=False) for edge in blocks),
        *stripping(sessions, now),
    ]


def _exchange(state: GraphState, own: Session, next_id: str, now: float) -> list[Draft]:
    """End all sessions of an account, and begin one where its own was."""
    _check_session_id(state, own.account_id, next_id)
    follower = new_session(next_id, own.account_id, own.device, now)
    return [*ending(state.live_sessions(own.account_id, now), now), session_draft(follower)]


def _decide_on_session(
    state: GraphState, account_id: str, body: SessionCommand, now: float
) -> Sequence[Draft]:
    match body:
        case StartSession():
            return _start_session(state, account_id, body, now)
        case ChangePassword():
            return _change_password(state, account_id, body, now)
        case EndSession():
            live = state.live_session(account_id, body.session_id, now)
            if live is None:
                return []
            _own_session(state, account_id, body.asking_id, now)
            return ending([live], now)
        case EndOtherSessions():
            _own_session(state, account_id, body.session_id, now)
            return ending(_others(state, account_id, body.session_id, now), now)
        case UseSession():
            own = _own_session(state, account_id, body.session_id, now)
            return [] if is_noted(own, now) else [session_draft(used(own, now))]


def _start_session(
    state: GraphState, account_id: str, body: StartSession, now: float
) -> Sequence[Draft]:
    _known(state, account_id)
    if state.password_hashes.get(account_id) != body.shown_hash:
        # It was changed since it was shown, and that was to end every other session.
        raise CredentialsWrong("The handle or the password is wrong.")
    _check_session_id(state, account_id, body.session_id)
    if body.session_id in state.sessions:
        return []
    crowded = crowded_out(state.live_sessions(account_id, now))
    device = Device(app=body.app, system=body.system)
    session = new_session(body.session_id, account_id, device, now)
    expired = stripping(state.expired_sessions(account_id, now), now)
    return [session_draft(session), *ending(crowded, now), *expired]


def _change_password(
    state: GraphState, account_id: str, body: ChangePassword, now: float
) -> Sequence[Draft]:
    _own_session(state, account_id, body.session_id, now)
    _active(state, account_id)
    others = ending(_others(state, account_id, body.session_id, now), now)
    present = state.password_hashes.get(account_id)
    if present == body.password_hash:
        return others
    if present != body.shown_hash:
        raise PasswordWrong("The password was changed meanwhile.")
    return [credentials_draft(account_id, body.password_hash), *others]


def _check_session_id(state: GraphState, account_id: str, session_id: str) -> None:
    known = state.sessions.get(session_id) if session_id else None
    if known is not None and known.account_id != account_id:
        raise CommandIdReused("The command id was used before, for another command.")


def _own_session(state: GraphState, account_id: str, session_id: str, now: float) -> Session:
    session = state.live_session(account_id, session_id, now)
    if session is None:
        raise SessionEnded("This session has ended. Sign in again.")
    return session


def _others(state: GraphState, account_id: str, session_id: str, now: float) -> list[Session]:
    return [one for one in state.live_sessions(account_id, now) if one.id != session_id]


def _set_edge(state: GraphState, actor: str, body: SetFollow | SetBlock) -> Sequence[Draft]:
    match body:
        case SetFollow():
            return _set_follow(state, actor, body)
        case SetBlock():
            return _set_block(state, actor, body)


def _set_follow(state: GraphState, actor: str, body: SetFollow) -> Sequence[Draft]:
    _check_other(state, actor, body.account_id, active=body.active)
    if body.active and state.blocked_either_way(actor, body.account_id):
        raise Blocked("One of you blocks the other.")
    if ((actor, body.account_id) in state.follows) == body.active:
        return []
    return [follow_draft(actor, body.account_id, active=body.active)]


def _set_block(state: GraphState, actor: str, body: SetBlock) -> Sequence[Draft]:
    other = body.account_id
    _check_other(state, actor, other, active=body.active)
    if ((actor, other) in state.blocks) == body.active:
        return []
    drafts = [block_draft(actor, other, active=body.active)]
    if body.active:
        drafts += [
            follow_draft(*edge, active=False)
            for edge in ((actor, other), (other, actor))
            if edge in state.follows
        ]
    return drafts


def _decide_on_export(
    state: GraphState, actor: str, body: ExportCommand, now: float
) -> Sequence[Draft]:
    match body:
        case AskExport():
            after = _ask_export(state, actor, body, now)
        case FinishExport():
            before = _export_in(state, body, EXPORT_STATE_ASKED)
            after = before and ready(before, body.archive, now, body.keep_seconds)
        case FailExport():
            before = _export_in(state, body, EXPORT_STATE_ASKED)
            after = before and failed(before, now)
        case RemoveExport():
            before = _export_in(state, body, EXPORT_STATE_READY)
            after = before and gone(before)
    return [] if after is None else [export_draft(after)]


def _ask_export(state: GraphState, account_id: str, body: AskExport, now: float) -> Export | None:
    _active(state, account_id)
    before = state.exports.get(account_id)
    if before is not None:
        if before.state == EXPORT_STATE_ASKED:
            return None
        wait = seconds_to_wait(before, now, body.pause_seconds)
        if wait > 0:
            raise ExportTooSoon("You asked for an export a short while ago.", retry_after=wait)
    return asked(body.export_id, account_id, now)


def _give_up_export(state: GraphState, account_id: str, now: float) -> list[Draft]:
    """Give an export up that is not made yet: the posts of the account are shown no more.

    An archive from before stays for whoever keeps the account.
    """
    export = state.exports.get(account_id)
    if export is None or export.state != EXPORT_STATE_ASKED:
        return []
    return [export_draft(failed(export, now))]


def _forget_export(state: GraphState, account_id: str) -> list[Draft]:
    export = state.exports.get(account_id)
    return [] if export is None else [export_draft(forgotten(export))]


def _export_in(
    state: GraphState,
    body: FinishExport | FailExport | RemoveExport,
    expected: ExportState.ValueType,
) -> Export | None:
    """Return the export that a command is about, if it is still in the state that it expects."""
    export = state.exports.get(body.account_id)
    if export is None or (export.id, export.state) != (body.export_id, expected):
        return None
    return export


def _check_other(state: GraphState, actor: str, other: str, *, active: bool) -> None:
    _active(state, actor)
    if actor == other:
        raise SelfFollow("You cannot follow or block yourself.")
    if active and not is_active(_known(state, other)):
        raise _unknown(other)  # what is hidden gets nothing new
    if other not in state.accounts:
        raise _unknown(other)


def _active(state: GraphState, account_id: str) -> Account:
    """Return an account that may act."""
    account = _known(state, account_id)
    if not is_active(account):
        raise AccountDeleting("Your account is being deleted. Keep it to go on.")
    return account


def _known(state: GraphState, account_id: str) -> Account:
    account = state.accounts.get(account_id)
    if account is None or is_erased(account):
        raise _unknown(account_id)
    return account


def _unknown(account_id: str) -> AccountUnknown:
    return AccountUnknown("There is no such account.", metadata={"account_id": account_id})
