"""The sockets of each session: they close when it ends."""

from kanvas.graph.v1.records_pb2 import SessionEnded
from kanvas_gateway.ended_sessions import EndedSessions
from kanvas_gateway.stream.socket import Socket
from kanvas_gateway.tokens import Identity


class SessionSockets:
    """The sockets that have authenticated, by the session of their token.

    Args:
        ended: Knows which sessions have ended.
    """

    def __init__(self, ended: EndedSessions) -> None:
        self._ended = ended
        self._sockets: dict[str, set[Socket]] = {}

    def check(self, identity: Identity) -> None:
        """Refuse a session that has ended.

        Raises:
            SessionEnded: It has.
        """
        self._ended.check(identity.account_id, identity.session_id)

    def join(self, socket: Socket, session_id: str) -> None:
        """Have a socket close with a session, and with no other one."""
        self.leave(socket)
        socket.session_id = session_id
        self._sockets.setdefault(session_id, set()).add(socket)

    def leave(self, socket: Socket) -> None:
        """Forget a socket; one that has not authenticated is not here."""
        session_id, socket.session_id = socket.session_id, None
        if session_id is None:
            return
        sockets = self._sockets[session_id]
        sockets.discard(socket)
        if not sockets:
            del self._sockets[session_id]

    def end(self, ended: SessionEnded) -> None:
        """Close the sockets of a session, before the next record reaches them."""
        self._ended.end(ended)
        for socket in tuple(self._sockets.get(ended.id, ())):
            socket.end()
