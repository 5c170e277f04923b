"""What several areas share: how requests are read, and values that mean the same in each."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from kanvas_gateway.entrypoints.http.models.formats import CURSOR, MOMENT, POSITION, UUID7

Position = Annotated[
    str,
    Field(
        description="Opaque; of the feed, unless stated otherwise.",
        examples=["8041"],
        json_schema_extra=POSITION,
    ),
]
GraphPosition = Annotated[str, Field(description="Of the graph.", json_schema_extra=POSITION)]
Id = Annotated[str, Field(json_schema_extra=UUID7)]
OwnId = Annotated[
    str, Field(description="UUIDv7 of the present time, chosen by you.", json_schema_extra=UUID7)
]
Moment = Annotated[str, Field(description="RFC 3339, UTC.", json_schema_extra=MOMENT)]
Cursor = Annotated[
    str, Field(description="Leads to the next page of this list.", json_schema_extra=CURSOR)
]


def _whole(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


AS_WHOLE = BeforeValidator(_whole)
"""For an integer of a request: to JSON, and to JSON Schema, 2.0 is 2. Stands behind its bounds."""


class Request(BaseModel):
    """Refuses fields that it does not know, and values of another type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
