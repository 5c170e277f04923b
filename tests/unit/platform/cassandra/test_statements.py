import pytest

from kanvas_platform.cassandra.statements import parse_statement, split_script


@pytest.mark.parametrize(
    ("cql", "writes", "label"),
    [
        ("SELECT a FROM posts WHERE b = ?", False, "SELECT posts"),
        ("select a from ks.posts", False, "SELECT ks.posts"),
        ("INSERT INTO posts (a) VALUES (?) USING TIMESTAMP ?", True, "INSERT posts"),
        ("INSERT INTO b (a) VALUES (?) USING TTL ? AND TIMESTAMP ?", True, "INSERT b"),
        ("UPDATE posts\n USING TIMESTAMP ?\n SET a = ? WHERE b = ?", True, "UPDATE posts"),
        ("DELETE FROM posts USING TIMESTAMP ? WHERE b = ?", True, "DELETE posts"),
        ("-- newest\nSELECT a FROM posts", False, "SELECT posts"),
    ],
)
def test_what_keeps_the_rules_is_taken(cql: str, writes: bool, label: str) -> None:
    statement = parse_statement(cql)
    assert (statement.cql, statement.writes, statement.label) == (cql, writes, label)


@pytest.mark.parametrize(
    "cql",
    [
        "",
        "-- SELECT a FROM posts",
        "INSERT INTO posts (a) VALUES (?)",
        "INSERT INTO posts (a) VALUES (?) USING TTL ?",
        "INSERT INTO posts (a) VALUES (?) USING TIMESTAMP 5",
        "INSERT INTO posts (a) VALUES ('USING TIMESTAMP ?')",
        "INSERT INTO posts (a) VALUES (?) -- USING TIMESTAMP ?",
        "INSERT INTO posts (a) VALUES (?) /* USING TIMESTAMP ? */",
        "UPDATE posts SET a = ? WHERE b = ?",
        "DELETE FROM posts WHERE b = ?",
        "UPDATE posts USING TIMESTAMP ? SET a = ? WHERE b = ? IF a = ?",
        "BEGIN BATCH INSERT INTO posts (a) VALUES (?) USING TIMESTAMP ? APPLY BATCH",
        "TRUNCATE posts",
        "DROP TABLE posts",
        "CREATE TABLE posts (a text PRIMARY KEY)",
    ],
)
def test_what_breaks_them_is_refused(cql: str) -> None:
    with pytest.raises(ValueError, match=r"without|condition|only"):
        parse_statement(cql)


@pytest.mark.parametrize(
    ("cql", "label"),
    [
        ("UPDATE posts SET a = ? WHERE b = ? IF a = ?", "UPDATE posts IF"),
        ("INSERT INTO posts (a) VALUES (?) IF NOT EXISTS", "INSERT posts IF"),
    ],
)
def test_a_condition_takes_the_place_of_a_timestamp(cql: str, label: str) -> None:
    statement = parse_statement(cql)
    assert statement.conditional
    assert (statement.writes, statement.label) == (False, label)


def test_a_script_is_split_outside_of_quotes_and_comments() -> None:
    script = """
    -- one; two
    CREATE TABLE a (x text); // three;
    /* four; */ CREATE TABLE b (y text) WITH comment = 'five; it''s -- six';;
    CREATE FUNCTION f() AS $$ return 1; $$;
    CREATE TABLE c (z text)
    """
    assert split_script(script) == [
        "CREATE TABLE a (x text)",
        "CREATE TABLE b (y text) WITH comment = 'five; it''s -- six'",
        "CREATE FUNCTION f() AS $$ return 1; $$",
        "CREATE TABLE c (z text)",
    ]


def test_an_empty_script_has_no_statements() -> None:
    assert split_script("-- nothing; here\n ; ") == []
