"""The library's logs, thinned: while a broker is away aiokafka logs each of 40 retries a second."""

import logging
import time

_EVERY_SECONDS = 10.0
_NAMES = (
    "aiokafka.client",
    "aiokafka.cluster",
    "aiokafka.conn",
    "aiokafka.consumer.fetcher",
    "aiokafka.consumer.group_coordinator",
    "aiokafka.producer.sender",
)


class Seldom(logging.Filter):
    """A filter that passes each message, by its wording before arguments, at most every 10 s."""

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether the record is to be logged."""
        now = time.monotonic()
        if now - self._last.get(str(record.msg), -_EVERY_SECONDS) < _EVERY_SECONDS:
            return False
        self._last[str(record.msg)] = now
        return True


def thin_out() -> None:
    """Thin the logs of aiokafka out; once in a process is enough, more does no harm."""
    for name in _NAMES:
        logger = logging.getLogger(name)
        if not any(isinstance(each, Seldom) for each in logger.filters):
            logger.addFilter(Seldom())
