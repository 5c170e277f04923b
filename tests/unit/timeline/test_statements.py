"""The statements of the views keep the rules by which late and repeated writes are harmless."""

import re
from pathlib import Path

import pytest

import kanvas_timeline
from kanvas_platform.cassandra.migrations import load_migrations
from kanvas_platform.cassandra.statements import parse_statement
from kanvas_timeline.adapters.cassandra_store import STATEMENTS

SCHEMA = Path(kanvas_timeline.__file__).parent / "schema"


def columns_by_table() -> dict[str, set[str]]:
    tables = {}
    for migration in load_migrations(SCHEMA):
        for statement in migration.statements:
            match = re.match(r"CREATE TABLE IF NOT EXISTS (\w+) \((.*?)\n\)", statement, re.DOTALL)
            assert match is not None
            names = re.findall(r"^\s*([a-z_]+) (?:uuid|bigint|blob|text)\b", match[2], re.MULTILINE)
            tables[match[1]] = set(names)
    return tables


@pytest.mark.parametrize("name", STATEMENTS)
def test_each_can_be_prepared_and_says_by_its_name_whether_it_writes(name: str) -> None:
    assert parse_statement(STATEMENTS[name]).writes == name.startswith("write_")


@pytest.mark.parametrize("name", [name for name in STATEMENTS if name.startswith("write_")])
def test_each_write_writes_the_whole_row(name: str) -> None:
    match = re.match(r"INSERT INTO (\w+) \(([^)]*)\)", STATEMENTS[name])
    assert match is not None
    assert set(match[2].split(", ")) == columns_by_table()[match[1]]


def test_every_table_is_written() -> None:
    written = {parse_statement(cql).label.split()[1] for cql in STATEMENTS.values()}
    assert written == set(columns_by_table())
