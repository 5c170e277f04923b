"""Rules for the statements of views, checked before anything is prepared.

Rows are written whole, `USING TIMESTAMP <position>`: a late or repeated write never wins over a
newer one. That holds only if *every* write of a table is one of those. A write with Cassandra's
own clock in microseconds would hide all positions to come; a lightweight transaction orders by
yet another clock; a batch hides what is in it.
"""

import re
from dataclasses import dataclass

_QUOTED_OR_COMMENT = re.compile(
    r"'(?:[^']|'')*' | \$\$.*?\$\$ | --[^\n]* | //[^\n]* | /\*.*?\*/", re.DOTALL | re.VERBOSE
)
_WRITES = {"INSERT", "UPDATE", "DELETE"}
_TABLE = re.compile(r"\b(?:INTO|FROM|UPDATE)\s+([\w.\"]+)", re.IGNORECASE)
_TIMESTAMP = re.compile(r"\bUSING\b.*?\bTIMESTAMP\s+\?", re.IGNORECASE | re.DOTALL)
_CONDITION = re.compile(r"\bIF\b", re.IGNORECASE)


@dataclass(frozen=True)
class Statement:
    """A statement that keeps the rules.

    Attributes:
        cql: As given.
        writes: Whether it must be given a timestamp.
        label: Verb and table, for metrics.
    """

    cql: str
    writes: bool
    label: str


def parse_statement(cql: str) -> Statement:
    """Check a statement of a view.

    Raises:
        ValueError: It is neither a SELECT nor an INSERT, UPDATE or DELETE with
            `USING TIMESTAMP ?` and without a condition.
    """
    bare = _QUOTED_OR_COMMENT.sub(" ", cql).strip()
    verb = bare.split(maxsplit=1)[0].upper() if bare else ""
    table = _TABLE.search(bare)
    if verb not in {"SELECT", *_WRITES} or table is None:
        raise ValueError(
            f"only SELECT, INSERT, UPDATE and DELETE are allowed, not {verb or 'nothing'}"
        )
    if verb in _WRITES:
        if _TIMESTAMP.search(bare) is None:
            raise ValueError(f"{verb} without USING TIMESTAMP ? on {table[1]}")
        if _CONDITION.search(bare) is not None:
            raise ValueError(f"{verb} with a condition on {table[1]}")
    return Statement(cql, verb in _WRITES, f"{verb} {table[1]}")


def split_script(script: str) -> list[str]:
    """Return the statements of a script: split at semicolons outside of quotes and comments.

    Comments are dropped, quoted text is kept as it is.
    """
    statements: list[str] = []
    current: list[str] = []
    at = 0
    for match in re.finditer(
        rf"{_QUOTED_OR_COMMENT.pattern} | ;", script, _QUOTED_OR_COMMENT.flags
    ):
        current.append(script[at : match.start()])
        at = match.end()
        if match[0] == ";":
            statements.append("".join(current))
            current.clear()
        else:
            current.append(match[0] if match[0][0] in "'$" else " ")
    statements.append("".join([*current, script[at:]]))
    return [statement.strip() for statement in statements if statement.strip()]
