"""What went wrong."""

from pydantic import BaseModel


class Violation(BaseModel):
    """One field that is wrong."""

    field: str
    message: str


class Problem(BaseModel):
    """What went wrong, RFC 9457. Programs match on `reason`; docs/errors.md explains each."""

    type: str
    title: str
    status: int
    detail: str
    reason: str
    violations: list[Violation] | None = None
    trace_id: str
