"""Stacks of tests that run at once never meet: neither in a folder nor at a port."""

from __future__ import annotations

import re
from itertools import chain, pairwise

import pytest

from kanvas_local.bench import stage as bench
from kanvas_local.chaos import stage as chaos
from kanvas_local.layout import REPOSITORY
from tests.ports import (
    PROCESSES_MAX,
    STACK_PORTS,
    FirstPort,
    process_number,
    searched_ports,
    shared_stack,
)

_WORKERS = [f"gw{number}" for number in range(PROCESSES_MAX)]


def test_one_process_alone_has_the_stack_of_the_first() -> None:
    assert shared_stack("") == shared_stack("gw0")
    assert shared_stack("") == (REPOSITORY / ".local/test", 9380)


def test_each_process_has_a_stack_of_its_own() -> None:
    folders, ports = zip(*map(shared_stack, _WORKERS), strict=True)
    assert len(set(folders)) == len(set(ports)) == PROCESSES_MAX
    # There `make stop` and `make status` look for the stacks of tests.
    assert {folder.parent for folder in folders} == {REPOSITORY / ".local"}


def test_no_two_stacks_meet_at_a_port() -> None:
    shared = [port for _, port in map(shared_stack, _WORKERS)]
    of_make = [8080, chaos.BASE_PORT, bench.BASE_PORT]
    ports = sorted([*shared[1:], *FirstPort, *of_make])
    assert all(after - before >= STACK_PORTS for before, after in pairwise(ports))


def test_no_two_processes_look_for_ports_at_the_same_place() -> None:
    searched = list(chain.from_iterable(map(searched_ports, _WORKERS)))
    assert all(after - before >= STACK_PORTS for before, after in pairwise(searched))
    assert not set(searched) & set(FirstPort)
    assert searched[-1] + STACK_PORTS <= 32_768


def test_a_process_too_many_is_told_so() -> None:
    with pytest.raises(ValueError, match=f"-n {PROCESSES_MAX}"):
        process_number(f"gw{PROCESSES_MAX}")


def test_every_stack_of_a_test_has_its_range_from_the_list() -> None:
    by_hand = re.compile(r"_BASE_PORT = \d|\bStack\([^()]*(\([^()]*\))?, *\d{4}")
    found = [
        path.relative_to(REPOSITORY).as_posix()
        for path in (REPOSITORY / "tests").rglob("*.py")
        if by_hand.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []
