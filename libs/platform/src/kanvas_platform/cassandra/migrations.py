"""Schema migrations: numbered scripts, applied once, in order, by one process at a time.

`0001_posts.cql`, `0002_tags.cql`, …: each holds statements with `IF NOT EXISTS` or `IF EXISTS`, so
that a script that was cut short can be run again. What was applied stands in the table
`schema_migrations` with a checksum; a script that was changed afterwards is refused.
"""

import asyncio
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cassandra.cluster import Session
from cassandra.query import SimpleStatement

from kanvas_platform.cassandra import schema_lock
from kanvas_platform.cassandra.cluster import open_cluster
from kanvas_platform.cassandra.errors import translate
from kanvas_platform.cassandra.statements import split_script
from kanvas_platform.errors import KanvasError, Unavailable
from kanvas_platform.observability import get_logger

_log = get_logger(__name__)

_FILE = re.compile(r"(\d{4})_[a-z0-9_]+\.cql")
_KEYSPACE = re.compile(r"[a-z][a-z0-9_]{0,47}")
_REPEATABLE = re.compile(r"\bIF\s+(NOT\s+)?EXISTS\b", re.IGNORECASE)
_SCHEMA_CHANGE = re.compile(r"(CREATE|ALTER|DROP)\b", re.IGNORECASE)
_REPLICATION_TEXT = re.compile(r"[A-Za-z0-9_.-]+")

_BOOKKEEPING = (
    """
    CREATE TABLE IF NOT EXISTS schema_migrations (
        scope text, version int, name text, checksum text, applied_at timestamp,
        PRIMARY KEY (scope, version)
    )
    """,
    schema_lock.TABLE,
)
_SCOPE = "schema"


class MigrationError(Exception):
    """The scripts do not fit each other or what was applied; a person must look."""


@dataclass(frozen=True)
class Migration:
    """One script.

    Attributes:
        version: Its number, from 1 on, without gaps.
        name: Its file name.
        checksum: SHA-256 of its bytes, hexadecimal.
        statements: In order.
    """

    version: int
    name: str
    checksum: str
    statements: Sequence[str]


def load_migrations(folder: Path) -> list[Migration]:
    """Read the scripts of a folder, in order.

    Raises:
        MigrationError: A name is malformed, a number missing or double, a statement not
            repeatable, or there is no script at all.
    """
    migrations = [_load(path) for path in sorted(folder.glob("*.cql"))]
    if not migrations:
        raise MigrationError(f"no .cql scripts in the folder {folder.name}")
    for expected, migration in enumerate(migrations, start=1):
        if migration.version != expected:
            raise MigrationError(f"expected number {expected:04}, found {migration.name}")
    return migrations


def pending_migrations(
    migrations: Sequence[Migration], applied: Mapping[int, tuple[str, str]]
) -> list[Migration]:
    """Return the scripts that are still to be applied.

    Args:
        migrations: All scripts, in order.
        applied: Name and checksum by number of what was applied.

    Raises:
        MigrationError: Something applied has no script, has another one now, or has a gap below
            it.
    """
    known = {migration.version: migration for migration in migrations}
    for version, (name, checksum) in sorted(applied.items()):
        if version not in known:
            raise MigrationError(
                f"{name} was applied and has no script here: is this an old version?"
            )
        if known[version].checksum != checksum:
            raise MigrationError(f"{known[version].name} was changed after it was applied")
        if version > 1 and version - 1 not in applied:
            raise MigrationError(f"{name} was applied and number {version - 1:04} was not")
    return [migration for migration in migrations if migration.version not in applied]


async def migrate(
    contact_points: Sequence[tuple[str, int]],
    keyspace: str,
    folder: Path,
    *,
    replication: Mapping[str, str | int],
) -> list[str]:
    """Bring a keyspace up to date, making it where it does not exist.

    Of several processes one works and the others wait, up to 5 minutes. Canceling the call does
    not stop the work at once; what it leaves behind is safe to run again.

    Args:
        contact_points: Some nodes of the cluster, as (host, port).
        keyspace: Lower-case letters, digits and underscores.
        folder: With the scripts.
        replication: Such as `{"class": "NetworkTopologyStrategy", "replication_factor": 3}`; used
            only where the keyspace is made.

    Returns:
        The names of the scripts that this call applied.

    Raises:
        MigrationError: See `load_migrations` and `pending_migrations`; nothing was applied.
        StatementRefused: Cassandra refuses a statement; those before it were applied.
        Unavailable: Cassandra does not answer, its nodes do not agree on the schema, or another
            process holds the lock for too long. Call again.
        DeadlineExceeded: Cassandra did not answer in time. Call again.
    """
    _check(keyspace)
    migrations = load_migrations(folder)
    making = f"CREATE KEYSPACE IF NOT EXISTS {keyspace} WITH replication = {_literal(replication)}"
    return await asyncio.to_thread(_migrate, contact_points, keyspace, making, migrations)


async def drop_keyspace(contact_points: Sequence[tuple[str, int]], keyspace: str) -> None:
    """Drop a keyspace, where it is there.

    Raises:
        StatementRefused: Cassandra refuses it.
        Unavailable: Cassandra does not answer, or its nodes do not agree on the schema. Call again.
        DeadlineExceeded: Cassandra did not answer in time. Call again.
    """
    _check(keyspace)
    statements = [f"DROP KEYSPACE IF EXISTS {keyspace}"]
    await asyncio.to_thread(_change, contact_points, None, statements)


async def truncate(
    contact_points: Sequence[tuple[str, int]], keyspace: str, tables: Sequence[str]
) -> None:
    """Empty some tables; none of them may be missing.

    Raises:
        KanvasError: What `drop_keyspace` raises.
    """
    _check(keyspace)
    statements = [f"TRUNCATE {table}" for table in tables]
    await asyncio.to_thread(_change, contact_points, keyspace, statements)


def _check(keyspace: str) -> None:
    if not _KEYSPACE.fullmatch(keyspace):
        raise ValueError("a keyspace has up to 48 lower-case letters, digits and underscores")


def _change(
    contact_points: Sequence[tuple[str, int]], keyspace: str | None, statements: Sequence[str]
) -> None:
    try:
        cluster, session = open_cluster(contact_points, keyspace)
        try:
            for statement in statements:
                _change_schema(session, statement)
        finally:
            cluster.shutdown()
    except KanvasError:
        raise
    except Exception as error:
        raise translate(error) from error


def _load(path: Path) -> Migration:
    match = _FILE.fullmatch(path.name)
    if match is None:
        raise MigrationError(f"{path.name} is not named NNNN_words.cql")
    content = path.read_bytes()
    statements = split_script(content.decode("utf-8"))
    if not statements:
        raise MigrationError(f"{path.name} holds no statement")
    for statement in statements:
        if not _SCHEMA_CHANGE.match(statement) or not _REPEATABLE.search(statement):
            start = " ".join(statement.split()[:4])
            raise MigrationError(
                f"{path.name}: `{start} …` is not a CREATE, ALTER or DROP with IF [NOT] EXISTS"
            )
    return Migration(int(match[1]), path.name, hashlib.sha256(content).hexdigest(), statements)


def _literal(replication: Mapping[str, str | int]) -> str:
    for text in (*replication, *map(str, replication.values())):
        if not _REPLICATION_TEXT.fullmatch(text):
            raise ValueError("replication names have letters, digits, dots, dashes, underscores")
    pairs = ", ".join(f"'{key}': '{value}'" for key, value in replication.items())
    return f"{{{pairs}}}"


def _migrate(
    contact_points: Sequence[tuple[str, int]],
    keyspace: str,
    making: str,
    migrations: Sequence[Migration],
) -> list[str]:
    try:
        cluster, session = open_cluster(contact_points, None)
        try:
            _change_schema(session, making)
            session.set_keyspace(keyspace)
            for table in _BOOKKEEPING:
                _change_schema(session, table)
            with schema_lock.locked(session, _SCOPE) as renew:
                return _apply(session, migrations, renew)
        finally:
            cluster.shutdown()
    except (KanvasError, MigrationError):
        raise
    except Exception as error:
        raise translate(error) from error


def _apply(
    session: Session, migrations: Sequence[Migration], renew: Callable[[], None]
) -> list[str]:
    rows = schema_lock.run(
        session, "SELECT version, name, checksum FROM schema_migrations WHERE scope = %s", _SCOPE
    )
    applied = {version: (name, checksum) for version, name, checksum in rows}
    names = []
    for migration in pending_migrations(migrations, applied):
        for statement in migration.statements:
            renew()
            _change_schema(session, statement)
        schema_lock.run(
            session,
            "INSERT INTO schema_migrations (scope, version, name, checksum, applied_at)"
            " VALUES (%s, %s, %s, %s, toTimestamp(now()))",
            _SCOPE, migration.version, migration.name, migration.checksum,
        )  # fmt: skip
        _log.info("applied migration", script=migration.name)
        names.append(migration.name)
    return names


def _change_schema(session: Session, cql: str) -> None:
    response = session.execute_async(SimpleStatement(cql), timeout=schema_lock.STATEMENT_SECONDS)
    response.result()
    if not response.is_schema_agreed:
        raise Unavailable("The nodes do not agree on the schema yet.")
