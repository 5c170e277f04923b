"""Telling social-graph that sessions are used: seldom, and never in the way of an answer."""

from typing import Final

from kanvas.graph.v1 import service_pb2 as pb
from kanvas.graph.v1.service_pb2_grpc import SocialGraphServiceStub
from kanvas_gateway.ports import Call
from kanvas_gateway.tokens import Identity
from kanvas_platform.clock import Clock
from kanvas_platform.errors import KanvasError
from kanvas_platform.ids import new_id
from kanvas_platform.observability import get_logger

_EVERY_SECONDS: Final = 3600.0
_MOST: Final = 20_000
_TELL_SECONDS: Final = 2.0

_log = get_logger(__name__)


class SessionUses:
    """The uses of sessions that this gateway has told of lately.

    Where more sessions are used than it remembers, it tells of one again too early; social-graph
    then writes nothing.

    Args:
        graph: Is told.
        clock: For the time between two.
        most: How many sessions are remembered.
    """

    def __init__(self, *, graph: SocialGraphServiceStub, clock: Clock, most: int = _MOST) -> None:
        self._graph = graph
        self._clock = clock
        self._most = most
        self._told: dict[str, float] = {}

    async def note(self, identity: Identity) -> None:
        """Tell that a session is used, unless that was told within the hour.

        A use that cannot be told now is told with the next one.
        """
        now, session_id = self._clock.monotonic(), identity.session_id
        if now < self._told.get(session_id, -_EVERY_SECONDS) + _EVERY_SECONDS:
            return
        self._told.pop(session_id, None)
        if len(self._told) >= self._most:
            self._told.pop(next(iter(self._told)))
        self._told[session_id] = now
        request = pb.UseSessionRequest(command_id=new_id(), session_id=session_id)
        try:
            await self._graph.UseSession(request, **Call(identity.account_id, _TELL_SECONDS))
        except KanvasError as error:
            self._told.pop(session_id, None)
            _log.info("the use of a session is not noted", reason=error.reason)
