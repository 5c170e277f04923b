import asyncio
import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from prometheus_client import REGISTRY

from kanvas_platform.observability import (
    LoopLag,
    bind_traceparent,
    configure,
    current_trace_id,
    current_traceparent,
    describe_exception,
    get_logger,
    new_traceparent,
    parse_traceparent,
    trace_id,
)
from kanvas_platform.testing.clock import ManualClock

VALID = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.fixture
def logs_restored() -> Iterator[None]:
    """Undo what `configure` does; the tests call it, because stdout is theirs only then."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.usefixtures("logs_restored")
def test_a_line_says_who_what_and_in_which_trace(capsys: pytest.CaptureFixture[str]) -> None:
    configure("timeline", "timeline-1", "info")
    with bind_traceparent(VALID):
        get_logger("kanvas_timeline.tail").info("caught up", position=12)

    (line,) = lines(capsys)
    assert line.pop("ts")
    assert line == {
        "level": "info",
        "event": "caught up",
        "service": "timeline",
        "instance": "timeline-1",
        "logger": "kanvas_timeline.tail",
        "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
        "position": 12,
    }


@pytest.mark.usefixtures("logs_restored")
def test_libraries_speak_the_same_form(capsys: pytest.CaptureFixture[str]) -> None:
    configure("timeline", "timeline-1", "info")
    logging.getLogger("aiokafka").warning("lost %s", "a broker")
    logging.getLogger("aiokafka").debug("chatter")

    (line,) = lines(capsys)
    assert (line["event"], line["logger"], line["service"]) == (
        "lost a broker",
        "aiokafka",
        "timeline",
    )


@pytest.mark.usefixtures("logs_restored")
def test_an_exception_is_logged_with_its_causes_and_without_quoted_values(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure("timeline", "timeline-1", "info")

    def fail() -> None:
        try:
            dict[str, str]()["the handle"]
        except KeyError as error:
            raise OSError("disk full") from error

    try:
        fail()
    except OSError:
        get_logger("x").exception("write failed")

    (line,) = lines(capsys)
    assert "the handle" not in json.dumps(line)
    described = line["exception"]
    assert isinstance(described, list)
    assert [cause["type"] for cause in described] == ["builtins.OSError", "builtins.KeyError"]
    assert [cause["message"] for cause in described] == ["disk full", "(withheld)"]
    assert described[0]["frames"][-1].endswith(" fail")


def test_a_group_is_described_with_its_members() -> None:
    group = ExceptionGroup("two", [OSError("a"), RuntimeError("b")])
    assert [part["type"] for part in describe_exception(group)] == [
        "builtins.ExceptionGroup",
        "builtins.OSError",
        "builtins.RuntimeError",
    ]


def test_an_exception_that_causes_itself_is_described_once() -> None:
    error = RuntimeError("loop")
    error.__cause__ = error
    assert len(describe_exception(error)) == 1


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "nonsense",
        VALID.upper(),
        VALID + "-00",
        VALID.replace("00-", "01-", 1),
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
    ],
)
def test_a_malformed_traceparent_is_replaced(value: str | None) -> None:
    assert parse_traceparent(value) is None
    with bind_traceparent(value) as bound:
        assert parse_traceparent(bound) == bound == current_traceparent()


def test_a_new_traceparent_is_valid_and_unique() -> None:
    first, second = new_traceparent(), new_traceparent()
    assert parse_traceparent(first) == first
    assert trace_id(first) != trace_id(second)


async def test_a_trace_follows_tasks_and_ends_with_its_block() -> None:
    async def inner() -> str | None:
        await asyncio.sleep(0)
        return current_trace_id()

    with bind_traceparent(VALID):
        task = asyncio.create_task(inner())
    assert current_traceparent() is None
    assert await task == trace_id(VALID)


async def test_lag_is_how_late_a_timer_ran() -> None:
    def total() -> float:
        return REGISTRY.get_sample_value("kanvas_event_loop_lag_seconds_sum") or 0.0

    clock = ManualClock()
    measuring = asyncio.create_task(LoopLag(clock).run())
    await asyncio.sleep(0)
    before = total()
    clock.advance(1.0)
    await asyncio.sleep(0)
    measuring.cancel()

    assert total() - before == pytest.approx(0.75)
