"""What went wrong."""

from typing import Annotated

from pydantic import BaseModel, Field


class Violation(BaseModel):
    """One field that is wrong."""

    field: str
    message: str


class Problem(BaseModel):
    """What went wrong, RFC 9457. Programs match on `reason`; docs/errors.md explains each."""

    type: Annotated[str, Field(json_schema_extra={"pattern": "^/errors/[a-z-]+$"})]
    title: str
    status: int
    detail: Annotated[str, Field(description="For the person who debugs; it may change.")]
    reason: Annotated[str, Field(json_schema_extra={"pattern": "^[A-Z_]+$"})]
    violations: Annotated[list[Violation], Field(max_length=20)] | None = None
    trace_id: Annotated[str, Field(json_schema_extra={"pattern": "^[0-9a-f]{32}$"})]
