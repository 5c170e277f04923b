"""The reasons that routes name are those of docs/errors.md, with the statuses that stand there."""

import re
from pathlib import Path

import pytest

from kanvas_gateway.entrypoints.http.app import describe
from kanvas_gateway.entrypoints.http.refusals import OF_NO_ROUTE, STATUSES, refuses

_PAGE = (Path(__file__).parents[3] / "docs" / "errors.md").read_text()
_ROW = re.compile(r"^\| `([A-Z_]+)` \|(?: [A-Z_]+ \|)? (\d{3}) \|", re.MULTILINE)
_INSIDE_OF_A_SERVICE = {"COPY_HOLE", "KEYSPACE_MISSING"}


def test_reasons_and_statuses_are_those_of_the_catalogue() -> None:
    catalogue = {reason: int(status) for reason, status in _ROW.findall(_PAGE)}
    assert {reason: catalogue.get(reason) for reason in STATUSES} == STATUSES
    assert set(catalogue) - _INSIDE_OF_A_SERVICE == {*STATUSES, *OF_NO_ROUTE}


def test_some_route_gives_each_of_them() -> None:
    given = {
        reason
        for response in describe("0")["components"]["responses"].values()
        for content in response["content"].values()
        for reason in content["schema"]["allOf"][1]["properties"]["reason"]["enum"]
    }
    assert given == set(STATUSES)


def test_a_reason_that_is_not_there_cannot_be_named() -> None:
    with pytest.raises(KeyError):
        refuses("POST_UNKNWON")
