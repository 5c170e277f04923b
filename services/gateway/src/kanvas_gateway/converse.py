"""What a client says on the stream, and what comes of it."""

from kanvas_gateway.audiences import Audiences
from kanvas_gateway.domain.positions import parse_position
from kanvas_gateway.domain.protocol import (
    MAX_SUBSCRIPTIONS,
    Authenticate,
    BadFrame,
    Reason,
    Subscribe,
    Unsubscribe,
    authenticated_frame,
    hello_frame,
    parse_frame,
    unsubscribed_frame,
)
from kanvas_gateway.domain.session import FeedStream, FeedSubscription, Session
from kanvas_gateway.errors import TokenExpired, TokenInvalid
from kanvas_gateway.fan_out import FanOut
from kanvas_gateway.tokens import Tokens
from kanvas_gateway.watch_jobs import JobWatches
from kanvas_platform.errors import InvalidArgument
from kanvas_platform.ids import parse_id

_JOB_PREFIX = "job:"


class Conversation:
    """Acts on the frames of all clients.

    Args:
        fan_out: Serves home and global.
        audiences: Gives a session the sets that it is filtered by.
        jobs: Serves jobs.
        tokens: Tells who somebody is.
    """

    def __init__(
        self, *, fan_out: FanOut, audiences: Audiences, jobs: JobWatches, tokens: Tokens
    ) -> None:
        self._fan_out = fan_out
        self._audiences = audiences
        self._jobs = jobs
        self._tokens = tokens

    def greet(self, session: Session) -> None:
        """Say hello to a new socket."""
        session.write(hello_frame(self._fan_out.served))

    def hear(self, session: Session, text: bytes) -> None:
        """Act on one frame.

        Raises:
            BadFrame: Nothing was done; the client is to be told why.
        """
        match parse_frame(text):
            case Authenticate() as frame:
                self._authenticate(session, frame)
            case Subscribe() as frame:
                self._subscribe(session, frame)
            case Unsubscribe() as frame:
                self._unsubscribe(session, frame)

    def leave(self, session: Session) -> None:
        """The socket has gone, or is about to."""
        self._fan_out.leave(session)
        self._jobs.leave(session)
        self._audiences.leave(session)

    def _authenticate(self, session: Session, frame: Authenticate) -> None:
        try:
            identity = self._tokens.check(frame.token, "kanvas-api", "kanvas-stream")
        except TokenExpired as error:
            raise BadFrame(Reason.TOKEN_EXPIRED, error.message) from error
        except TokenInvalid as error:
            raise BadFrame(Reason.TOKEN_INVALID, error.message) from error
        if session.account_id not in (None, identity.account_id):
            raise BadFrame(
                Reason.ACCOUNT_DIFFERS, "A socket stays with the account that it began with."
            )
        session.expires_at = max(session.expires_at, identity.expires_at)
        session.write(authenticated_frame(identity.account_id, session.expires_at))
        if session.account_id is None:
            session.account_id = identity.account_id
            self._audiences.join(session, identity.account_id)
            self._fan_out.identify(session)

    def _subscribe(self, session: Session, frame: Subscribe) -> None:
        taken = {one.id for one in session.feeds()} | session.jobs.keys()
        if frame.id in taken:
            raise BadFrame(Reason.SUBSCRIPTION_EXISTS, "You use that id already.", frame.id)
        if len(taken) >= MAX_SUBSCRIPTIONS:
            raise BadFrame(
                Reason.SUBSCRIPTION_LIMIT, f"At most {MAX_SUBSCRIPTIONS} at a time.", frame.id
            )
        if frame.stream == "home":
            self._subscribe_feed(session, frame, "home", session.home)
        elif frame.stream == "global":
            self._subscribe_feed(session, frame, "global", session.world)
        elif frame.stream.startswith(_JOB_PREFIX):
            self._subscribe_job(session, frame)
        else:
            raise BadFrame(Reason.STREAM_UNKNOWN, "There is no such stream.", frame.id)

    def _subscribe_feed(
        self,
        session: Session,
        frame: Subscribe,
        stream: FeedStream,
        present: FeedSubscription | None,
    ) -> None:
        if present is not None:
            raise BadFrame(
                Reason.SUBSCRIPTION_EXISTS, "This socket has that stream already.", frame.id
            )
        if stream == "home" and session.account_id is None:
            raise BadFrame(Reason.IDENTITY_REQUIRED, "Authenticate first.", frame.id)
        subscription = FeedSubscription(frame.id, stream, _requested(frame))
        if stream == "home":
            session.home = subscription
        else:
            session.world = subscription
        self._fan_out.subscribe(session, subscription)

    def _subscribe_job(self, session: Session, frame: Subscribe) -> None:
        if session.account_id is None:
            raise BadFrame(Reason.IDENTITY_REQUIRED, "Authenticate first.", frame.id)
        if frame.from_ is not None:
            raise BadFrame(Reason.FRAME_INVALID, "A job has no positions.", frame.id)
        try:
            job_id = parse_id(frame.stream.removeprefix(_JOB_PREFIX), "stream")
        except InvalidArgument as error:
            raise BadFrame(Reason.STREAM_UNKNOWN, error.message, frame.id) from error
        if any(one.job_id == job_id for one in session.jobs.values()):
            raise BadFrame(
                Reason.SUBSCRIPTION_EXISTS, "This socket has that stream already.", frame.id
            )
        self._jobs.watch(session, frame.id, session.account_id, job_id)

    def _unsubscribe(self, session: Session, frame: Unsubscribe) -> None:
        if session.home is not None and session.home.id == frame.id:
            gone, session.home = session.home, None
            self._fan_out.unsubscribe(session, gone)
        elif session.world is not None and session.world.id == frame.id:
            gone, session.world = session.world, None
            self._fan_out.unsubscribe(session, gone)
        elif frame.id in session.jobs:
            self._jobs.unwatch(session, frame.id)
        else:
            raise BadFrame(Reason.SUBSCRIPTION_UNKNOWN, "You have no such subscription.", frame.id)
        session.write(unsubscribed_frame(frame.id))


def _requested(frame: Subscribe) -> int | None:
    if frame.from_ is None:
        return None
    try:
        return parse_position(frame.from_, "from")
    except InvalidArgument as error:
        raise BadFrame(Reason.POSITION_INVALID, error.message, frame.id) from error
