"""Feeds, in pages."""

from typing import Annotated

from pydantic import BaseModel, Field

from kanvas_gateway.entrypoints.http.models.posts import Post
from kanvas_gateway.entrypoints.http.models.shared import Cursor, Position


class FeedPage(BaseModel):
    """A page of posts. It may be short: go on while there is a cursor."""

    items: list[Post]
    next_cursor: Cursor | None
    position: Annotated[Position, Field(description="Subscribe to the stream from here.")]
