"""What a client says on the stream, and what comes of it."""

from kanvas_gateway.domain.positions import parse_position
from kanvas_gateway.errors import SessionEnded, TokenExpired, TokenInvalid
from kanvas_gateway.stream.audiences import Audiences
from kanvas_gateway.stream.catch_up import CatchUp
from kanvas_gateway.stream.job_watches import JobWatches
from kanvas_gateway.stream.keeping_up import KeepingUp
from kanvas_gateway.stream.protocol import (
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
from kanvas_gateway.stream.session_sockets import SessionSockets
from kanvas_gateway.stream.socket import FeedSubscription, Socket
from kanvas_gateway.stream.streams import parse_stream
from kanvas_gateway.tokens import Tokens
from kanvas_platform.errors import InvalidArgument
from kanvas_platform.ids import parse_id

_JOB_PREFIX = "job:"


class ClientFrames:
    """The frames of all clients: each is acted upon, or refused with a reason.

    Args:
        keeping_up: Tells how far the stream is.
        catch_up: Serves streams of the feed.
        audiences: Gives a socket the sets that it is filtered by.
        jobs: Serves jobs.
        tokens: Tells who somebody is.
        sessions: Refuses those whose session has ended, and closes sockets when it does.
    """

    def __init__(
        self,
        *,
        keeping_up: KeepingUp,
        catch_up: CatchUp,
        audiences: Audiences,
        jobs: JobWatches,
        tokens: Tokens,
        sessions: SessionSockets,
    ) -> None:
        self._keeping_up = keeping_up
        self._catch_up = catch_up
        self._audiences = audiences
        self._jobs = jobs
        self._tokens = tokens
        self._sessions = sessions

    def greet(self, socket: Socket) -> None:
        """Say hello to a new socket."""
        socket.write(hello_frame(self._keeping_up.served))

    def hear(self, socket: Socket, text: bytes) -> None:
        """Act on one frame.

        Raises:
            BadFrame: Nothing was done; the client is to be told why.
        """
        match parse_frame(text):
            case Authenticate() as frame:
                self._authenticate(socket, frame)
            case Subscribe() as frame:
                self._subscribe(socket, frame)
            case Unsubscribe() as frame:
                self._unsubscribe(socket, frame)

    def leave(self, socket: Socket) -> None:
        """Forget a socket that has gone, or is about to."""
        self._catch_up.leave(socket)
        self._jobs.leave(socket)
        self._audiences.leave(socket)
        self._sessions.leave(socket)

    def _authenticate(self, socket: Socket, frame: Authenticate) -> None:
        try:
            identity = self._tokens.check(frame.token, "kanvas-api", "kanvas-stream")
            self._sessions.check(identity)
        except TokenExpired as error:
            raise BadFrame(Reason.TOKEN_EXPIRED, error.message) from error
        except TokenInvalid as error:
            raise BadFrame(Reason.TOKEN_INVALID, error.message) from error
        except SessionEnded as error:
            raise BadFrame(Reason.SESSION_ENDED, error.message) from error
        if identity.deleting:
            raise BadFrame(
                Reason.ACCOUNT_DELETING, "Your account is being deleted. Keep it to go on."
            )
        if socket.account_id not in (None, identity.account_id):
            raise BadFrame(
                Reason.ACCOUNT_DIFFERS, "A socket stays with the account that it began with."
            )
        if socket.session_id == identity.session_id:
            socket.expires_at = max(socket.expires_at, identity.expires_at)
        else:
            # Signed in anew: from here on it is this session that the socket lives by.
            socket.expires_at = identity.expires_at
            self._sessions.join(socket, identity.session_id)
        socket.write(authenticated_frame(identity.account_id, socket.expires_at))
        if socket.account_id is None:
            socket.account_id = identity.account_id
            self._audiences.join(socket, identity.account_id)
            self._catch_up.start_over(socket)

    def _subscribe(self, socket: Socket, frame: Subscribe) -> None:
        if frame.id in socket.jobs or _of_id(socket, frame.id) is not None:
            raise BadFrame(Reason.SUBSCRIPTION_EXISTS, "You use that id already.", frame.id)
        if socket.subscriptions() >= MAX_SUBSCRIPTIONS:
            raise BadFrame(
                Reason.SUBSCRIPTION_LIMIT, f"At most {MAX_SUBSCRIPTIONS} at a time.", frame.id
            )
        if frame.stream.startswith(_JOB_PREFIX):
            self._subscribe_job(socket, frame)
        else:
            self._subscribe_feed(socket, frame)

    def _subscribe_feed(self, socket: Socket, frame: Subscribe) -> None:
        try:
            stream = parse_stream(frame.stream)
        except InvalidArgument as error:
            raise BadFrame(Reason.STREAM_UNKNOWN, error.message, frame.id) from error
        if stream.name in socket.feeds:
            raise BadFrame(
                Reason.SUBSCRIPTION_EXISTS, "This socket has that stream already.", frame.id
            )
        if stream.kind.needs_identity and socket.account_id is None:
            raise BadFrame(Reason.IDENTITY_REQUIRED, "Authenticate first.", frame.id)
        subscription = FeedSubscription(frame.id, stream, _requested(frame))
        socket.feeds[stream.name] = subscription
        self._catch_up.subscribe(socket, subscription)

    def _subscribe_job(self, socket: Socket, frame: Subscribe) -> None:
        if socket.account_id is None:
            raise BadFrame(Reason.IDENTITY_REQUIRED, "Authenticate first.", frame.id)
        if frame.from_ is not None:
            raise BadFrame(Reason.FRAME_INVALID, "A job has no positions.", frame.id)
        try:
            job_id = parse_id(frame.stream.removeprefix(_JOB_PREFIX), "stream")
        except InvalidArgument as error:
            raise BadFrame(Reason.STREAM_UNKNOWN, error.message, frame.id) from error
        if any(one.job_id == job_id for one in socket.jobs.values()):
            raise BadFrame(
                Reason.SUBSCRIPTION_EXISTS, "This socket has that stream already.", frame.id
            )
        self._jobs.watch(socket, frame.id, socket.account_id, job_id)

    def _unsubscribe(self, socket: Socket, frame: Unsubscribe) -> None:
        subscription = _of_id(socket, frame.id)
        if subscription is not None:
            del socket.feeds[subscription.stream.name]
            self._catch_up.unsubscribe(socket, subscription)
        elif frame.id in socket.jobs:
            self._jobs.unwatch(socket, frame.id)
        else:
            raise BadFrame(Reason.SUBSCRIPTION_UNKNOWN, "You have no such subscription.", frame.id)
        socket.write(unsubscribed_frame(frame.id))


def _of_id(socket: Socket, subscription: str) -> FeedSubscription | None:
    return next((one for one in socket.feeds.values() if one.id == subscription), None)


def _requested(frame: Subscribe) -> int | None:
    if frame.from_ is None:
        return None
    try:
        return parse_position(frame.from_, "from")
    except InvalidArgument as error:
        raise BadFrame(Reason.POSITION_INVALID, error.message, frame.id) from error
