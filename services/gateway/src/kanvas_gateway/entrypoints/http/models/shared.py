"""What several areas share: how requests are read, and values that mean the same in each."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Position = Annotated[
    str, Field(description="Opaque; of the feed, unless stated otherwise.", examples=["8041"])
]
GraphPosition = Annotated[str, Field(description="Of the graph.")]
Id = Annotated[str, Field(description="UUIDv7, chosen by you.", examples=["0199…"])]
Moment = Annotated[str, Field(description="RFC 3339, UTC.")]


class Request(BaseModel):
    """Refuses fields that it does not know, and values of another type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
