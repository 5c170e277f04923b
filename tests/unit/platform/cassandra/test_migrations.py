from pathlib import Path

import pytest

from kanvas_platform.cassandra.migrations import (
    MigrationError,
    load_migrations,
    migrate,
    pending_migrations,
)

TABLE = "CREATE TABLE IF NOT EXISTS a (x text PRIMARY KEY);"


def write(folder: Path, *names: str, cql: str = TABLE) -> Path:
    for name in names:
        (folder / name).write_text(cql)
    return folder


def test_scripts_are_read_in_order(tmp_path: Path) -> None:
    write(tmp_path, "0002_b.cql", "0001_a.cql")
    migrations = load_migrations(tmp_path)
    assert [(m.version, m.name) for m in migrations] == [(1, "0001_a.cql"), (2, "0002_b.cql")]
    assert migrations[0].statements == [TABLE.rstrip(";")]


@pytest.mark.parametrize(
    ("names", "complaint"),
    [
        ((), "no .cql scripts"),
        (("1_a.cql",), "not named"),
        (("0001_A.cql",), "not named"),
        (("0002_a.cql",), "expected number 0001"),
        (("0001_a.cql", "0003_c.cql"), "expected number 0002"),
        (("0001_a.cql", "0001_b.cql"), "expected number 0002"),
    ],
)
def test_names_that_do_not_fit_are_refused(
    tmp_path: Path, names: tuple[str, ...], complaint: str
) -> None:
    with pytest.raises(MigrationError, match=complaint):
        load_migrations(write(tmp_path, *names))


@pytest.mark.parametrize(
    "cql",
    [
        "CREATE TABLE a (x text PRIMARY KEY);",
        "ALTER TABLE a ADD y text;",
        "DROP TABLE a;",
        "INSERT INTO a (x) VALUES ('IF NOT EXISTS');",
        f"{TABLE} TRUNCATE a;",
        "-- nothing",
    ],
)
def test_a_script_that_cannot_be_run_twice_is_refused(tmp_path: Path, cql: str) -> None:
    with pytest.raises(MigrationError, match="0001_a"):
        load_migrations(write(tmp_path, "0001_a.cql", cql=cql))


def test_what_was_applied_is_not_pending(tmp_path: Path) -> None:
    migrations = load_migrations(write(tmp_path, "0001_a.cql", "0002_b.cql"))
    applied = {1: ("0001_a.cql", migrations[0].checksum)}
    assert pending_migrations(migrations, {}) == migrations
    assert pending_migrations(migrations, applied) == migrations[1:]


@pytest.mark.parametrize(
    ("applied", "complaint"),
    [
        ({1: ("0001_a.cql", "other")}, "0001_a.cql was changed"),
        ({3: ("0003_c.cql", "any")}, "0003_c.cql was applied and has no script"),
    ],
)
def test_a_history_that_does_not_fit_is_refused(
    tmp_path: Path, applied: dict[int, tuple[str, str]], complaint: str
) -> None:
    migrations = load_migrations(write(tmp_path, "0001_a.cql", "0002_b.cql"))
    with pytest.raises(MigrationError, match=complaint):
        pending_migrations(migrations, applied)


def test_a_gap_in_the_history_is_refused(tmp_path: Path) -> None:
    migrations = load_migrations(write(tmp_path, "0001_a.cql", "0002_b.cql"))
    with pytest.raises(MigrationError, match="number 0001 was not"):
        pending_migrations(migrations, {2: ("0002_b.cql", migrations[1].checksum)})


@pytest.mark.parametrize(
    ("keyspace", "replication"),
    [
        ("kanvas; DROP", {"class": "SimpleStrategy"}),
        ("Kanvas", {"class": "SimpleStrategy"}),
        ("kanvas", {"class": "SimpleStrategy'}"}),
        ("kanvas", {"dc'": 3}),
    ],
)
async def test_names_that_would_change_the_statement_are_refused(
    tmp_path: Path, keyspace: str, replication: dict[str, str | int]
) -> None:
    write(tmp_path, "0001_a.cql")
    with pytest.raises(ValueError, match="letters"):
        await migrate([("127.0.0.1", 1)], keyspace, tmp_path, replication=replication)
