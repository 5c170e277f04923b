import resource
from typing import Any

import pytest
from structlog.testing import capture_logs

from kanvas_platform.open_files import allow_open_files

_Limit = tuple[int, int]


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> list[_Limit]:
    """Soft and hard limit of the process; the last ones are in force."""
    limits = [(1_024, 4_096)]
    monkeypatch.setattr(resource, "getrlimit", lambda _: limits[-1])
    monkeypatch.setattr(resource, "setrlimit", lambda _, limit: limits.append(limit))
    return limits


def _warnings(sockets: int) -> list[Any]:
    with capture_logs() as logs:
        allow_open_files(sockets)
    return [line for line in logs if line["log_level"] == "warning"]


def test_as_many_files_may_be_open_as_the_system_lets_us(limits: list[_Limit]) -> None:
    assert _warnings(3_000) == []
    assert limits[-1] == (4_096, 4_096)


def test_too_few_are_told_of(limits: list[_Limit]) -> None:
    (warning,) = _warnings(4_096)
    assert warning["may"] == limits[-1][0] == 4_096
    assert warning["need"] > 4_096


def test_any_number_is_enough(limits: list[_Limit]) -> None:
    limits.append((1_024, resource.RLIM_INFINITY))
    assert _warnings(20_000) == []


def test_a_limit_that_cannot_be_raised_ends_nothing(
    limits: list[_Limit], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: int, limit: _Limit) -> None:
        raise ValueError(limit)

    monkeypatch.setattr(resource, "setrlimit", refuse)
    assert _warnings(100)
    assert limits[-1] == (1_024, 4_096)
