"""Logs as JSON lines, trace context, and two metrics that every process has.

A trace id is the W3C `traceparent` of the request or record being worked on. It lives in a context
variable, so it follows asyncio tasks, and stands in every log line written meanwhile.

Logs carry no personal text. Exceptions are logged with their type and frames, but the messages of
`ValueError` and `LookupError` quote the offending value and are withheld.
"""

import contextlib
import logging
import re
import secrets
import sys
import traceback
from collections.abc import Iterator, MutableMapping
from contextvars import ContextVar
from importlib import metadata
from types import TracebackType
from typing import Any

import structlog
from prometheus_client import Gauge, Histogram

from kanvas_platform.clock import Clock, SystemClock

_TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})", re.ASCII)
_LAG_INTERVAL = 0.25
_MAX_FRAMES = 25
_QUOTING_ERRORS = (ValueError, LookupError)

_traceparent: ContextVar[str | None] = ContextVar("kanvas_traceparent", default=None)

loop_lag = Histogram(
    "kanvas_event_loop_lag_seconds",
    "How late the event loop ran a timer",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5),
)
build_info = Gauge(
    "kanvas_build_info", "1 for the service and version of this process", ["service", "version"]
)


def new_traceparent() -> str:
    """Make a `traceparent` with a new trace id."""
    return f"00-{_random_hex(16)}-{_random_hex(8)}-01"


def parse_traceparent(value: str | None) -> str | None:
    """Return the value if it is a valid W3C `traceparent` of version 00, else None."""
    match = _TRACEPARENT.fullmatch(value or "")
    if match is None or not int(match[1], 16) or not int(match[2], 16):
        return None
    return match[0]


def trace_id(traceparent: str) -> str:
    """Return the trace id, 32 hexadecimal digits, of a valid `traceparent`."""
    return traceparent.split("-")[1]


def current_traceparent() -> str | None:
    """Return the `traceparent` of what is being worked on, if any."""
    return _traceparent.get()


def current_trace_id() -> str | None:
    """Return the trace id of what is being worked on, if any."""
    value = _traceparent.get()
    return None if value is None else trace_id(value)


@contextlib.contextmanager
def bind_traceparent(value: str | None) -> Iterator[str]:
    """Work under a trace: the given one or, where absent or malformed, a new one.

    Yields:
        The `traceparent` that is bound until the block ends, in this task and in those that it
        starts.
    """
    bound = parse_traceparent(value) or new_traceparent()
    token = _traceparent.set(bound)
    try:
        yield bound
    finally:
        _traceparent.reset(token)


def configure(service: str, instance: str, level: str = "info") -> None:
    """Send all logs of this process, those of libraries too, to stdout as JSON lines.

    Each line has `ts` (RFC 3339, UTC), `level`, `event`, `service`, `instance`, `logger` and,
    while a trace is bound, `trace_id`. Call once, first thing in a process.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="ts"),
        _identity(service, instance),
        _add_trace_id,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _render_exception,
                structlog.processors.JSONRenderer(default=repr),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    build_info.labels(service, _version(service)).set(1)


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """Return the logger of a module; pass `__name__`."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger


class LoopLag:
    """Component that measures how late the event loop runs its timers."""

    name = "loop-lag"

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()

    async def run(self) -> None:
        """Observe `kanvas_event_loop_lag_seconds` four times a second, until canceled."""
        while True:
            due = self._clock.monotonic() + _LAG_INTERVAL
            await self._clock.sleep(_LAG_INTERVAL)
            loop_lag.observe(max(0.0, self._clock.monotonic() - due))


def _random_hex(size: int) -> str:
    # All zeros means "absent" in the specification.
    while not any(value := secrets.token_bytes(size)):
        continue
    return value.hex()


def _version(service: str) -> str:
    try:
        return metadata.version(f"kanvas-{service}")
    except metadata.PackageNotFoundError:
        return "unknown"


def _identity(service: str, instance: str) -> structlog.typing.Processor:
    def add(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["service"] = service
        event["instance"] = instance
        return event

    return add


def _add_trace_id(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    bound = current_trace_id()
    if bound is not None:
        event.setdefault("trace_id", bound)
    return event


def _render_exception(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    given = event.pop("exc_info", None)
    if given is True:
        given = sys.exc_info()
    if isinstance(given, tuple):
        given = given[1]
    if isinstance(given, BaseException):
        event["exception"] = describe_exception(given)
    return event


def describe_exception(error: BaseException) -> list[dict[str, object]]:
    """Describe an exception, what caused it and what it groups, fit for a log line."""
    described: list[dict[str, object]] = []
    pending: list[BaseException] = [error]
    seen: set[int] = set()
    while pending and len(described) < _MAX_FRAMES:
        current = pending.pop(0)
        if id(current) in seen:
            continue
        seen.add(id(current))
        described.append(
            {
                "type": f"{type(current).__module__}.{type(current).__qualname__}",
                "message": "(withheld)" if isinstance(current, _QUOTING_ERRORS) else str(current),
                "frames": _frames(current.__traceback__),
            }
        )
        if isinstance(current, BaseExceptionGroup):
            pending.extend(current.exceptions)
        follow = current.__cause__ or (
            None if current.__suppress_context__ else current.__context__
        )
        if follow is not None:
            pending.append(follow)
    return described


def _frames(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[-_MAX_FRAMES:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
