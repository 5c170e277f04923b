"""The statements of the views keep the rules by which late and repeated writes are harmless."""

import re
from pathlib import Path

import pytest

import kanvas_timeline
from kanvas_platform.cassandra.migrations import load_migrations
from kanvas_platform.cassandra.statements import parse_statement
from kanvas_timeline.adapters.cassandra_store import (
    GENERATION_STATEMENTS,
    MARK_STATEMENTS,
    STATEMENTS,
    VIEWS,
)

SCHEMA = Path(kanvas_timeline.__file__).parent / "schema"
MARK_COLUMNS = {"life", "reach"}


_COLUMN = re.compile(r"\b([a-z_]+) (?:uuid|bigint|int|blob|text)\b")


def columns_by_table() -> dict[str, set[str]]:
    tables: dict[str, set[str]] = {}
    for migration in load_migrations(SCHEMA):
        for statement in migration.statements:
            words = statement.split()
            match words[:2]:
                case ["CREATE", "TABLE"]:
                    tables[words[5]] = set(_COLUMN.findall(statement.split("PRIMARY KEY (")[0]))
                case ["ALTER", "TABLE"]:
                    tables[words[2]] |= set(_COLUMN.findall(statement))
                case ["DROP", "TABLE"]:
                    del tables[words[4]]
    return tables


@pytest.mark.parametrize("name", STATEMENTS)
def test_each_can_be_prepared_and_says_by_its_name_whether_it_writes(name: str) -> None:
    assert parse_statement(STATEMENTS[name]).writes == name.startswith("write_")


@pytest.mark.parametrize("name", [name for name in STATEMENTS if name.startswith("write_")])
def test_each_write_writes_the_whole_row(name: str) -> None:
    match = re.match(r"INSERT INTO (\w+) \(([^)]*)\)", STATEMENTS[name])
    assert match is not None
    assert set(match[2].split(", ")) == columns_by_table()[match[1]] - MARK_COLUMNS


def test_every_table_is_written_and_has_a_mark() -> None:
    written = {parse_statement(cql).label.split()[1] for cql in STATEMENTS.values()}
    views = set(columns_by_table()) - {"generations"}
    assert written == views == set(MARK_STATEMENTS) == set(VIEWS)


@pytest.mark.parametrize("view", VIEWS)
def test_marks_are_written_under_conditions_only(view: str) -> None:
    """Two clocks on one cell would hide writes: a position is far below every time."""
    conditional = {
        name: parse_statement(cql).conditional for name, cql in MARK_STATEMENTS[view].items()
    }
    assert conditional == {"read": False, "make": True, "move": True}
    for name in ("make", "move"):
        match = re.match(r"UPDATE \w+ SET (.*?) WHERE", MARK_STATEMENTS[view][name])
        assert match is not None
        assert set(match[1].replace(" = ?", "").split(", ")) == MARK_COLUMNS


def test_the_row_of_generations_is_written_under_conditions_only() -> None:
    conditional = {
        name: parse_statement(cql).conditional for name, cql in GENERATION_STATEMENTS.items()
    }
    assert conditional == {"read": False, "make": True, "move": True}
    assert {parse_statement(cql).label.split()[1] for cql in GENERATION_STATEMENTS.values()} == {
        "generations"
    }
