"""Rules for the statements of views, checked before anything is prepared.

Rows are written whole, `USING TIMESTAMP <position>`: a late or repeated write never wins over a
newer one. That holds only if *every* write of a table is one of those. A write with Cassandra's
own clock in microseconds would hide all positions to come; a batch hides what is in it.

A write with a condition (`IF …`, a lightweight transaction) orders by a clock of its own. It is for
cells that no position decides about, and must never share them with writes that have one.
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
        conditional: Whether it writes under a condition, and without a timestamp.
        label: Verb and table, for metrics.
    """

    cql: str
    writes: bool
    conditional: bool
    label: str


def parse_statement(cql: str) -> Statement:
    """Check a statement of a view.

    Raises:
        ValueError: It is neither a SELECT nor an INSERT, UPDATE or DELETE with
            `USING TIMESTAMP ?`, or with a condition instead.
    """
    bare = _QUOTED_OR_COMMENT.sub(" ", cql).strip()
    verb = bare.split(maxsplit=1)[0].upper() if bare else ""
    table = _TABLE.search(bare)
    if verb not in {"SELECT", *_WRITES} or table is None:
        raise ValueError(
            f"only SELECT, INSERT, UPDATE and DELETE are allowed, not {verb or 'nothing'}"
        )
    conditional = verb in _WRITES and _CONDITION.search(bare) is not None
    timed = _TIMESTAMP.search(bare) is not None
    if verb in _WRITES and timed == conditional:
        fault = "with a condition and" if conditional else "without"
        raise ValueError(f"{verb} {fault} USING TIMESTAMP ? on {table[1]}")
    label = f"{verb} {table[1]}{' IF' * conditional}"
    return Statement(cql, verb in _WRITES and timed, conditional, label)


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
