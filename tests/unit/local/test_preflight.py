"""Each thing that may be missing is told in one sentence that says what to do."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from types import SimpleNamespace

import psutil
import pytest

from kanvas_local import preflight
from kanvas_local.errors import StackError
from kanvas_local.ports import HOST
from kanvas_local.units import Unit


def _unit(port: int) -> Unit:
    return Unit(name="kafka", argv=("true",), ports=(port,))


@pytest.fixture
def taken() -> Iterator[int]:
    listener = socket.create_server((HOST, 0))
    yield listener.getsockname()[1]
    listener.close()


def test_little_memory_names_both_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=1_500_000_000))
    with pytest.raises(StackError, match=r"Only 1\.5 GB of memory .* needs 3 GB: close something"):
        preflight.check_memory()


def test_enough_memory_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=4 * 1024**3))
    preflight.check_memory()


def test_a_port_in_use_names_the_port_and_the_process(taken: int) -> None:
    with pytest.raises(StackError) as caught:
        preflight.check_ports([_unit(taken)])
    sentence = str(caught.value)
    assert f"Port {taken} (for kafka) is in use" in sentence
    assert f"(pid {os.getpid()}, in {os.getcwd()})" in sentence
    assert "make run BASE=" in sentence


def test_a_port_in_use_by_somebody_unknown_is_told_all_the_same(
    taken: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(kind: str) -> None:
        raise psutil.AccessDenied

    monkeypatch.setattr(psutil, "net_connections", denied)
    with pytest.raises(StackError, match=r"in use .*only root may see"):
        preflight.check_ports([_unit(taken)])


def test_a_port_that_the_stack_holds_itself_is_free_to_it(taken: int) -> None:
    preflight.check_ports([_unit(taken)], held={taken})
