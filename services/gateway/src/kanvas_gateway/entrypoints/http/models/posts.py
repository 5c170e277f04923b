"""Posts and likes."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from kanvas_gateway.entrypoints.http.models.formats import UUID7, text
from kanvas_gateway.entrypoints.http.models.pictures import Picture
from kanvas_gateway.entrypoints.http.models.samples import JOB
from kanvas_gateway.entrypoints.http.models.shared import Id, Moment, OwnId, Position, Request

Visibility = Literal["public", "followers"]


class Author(BaseModel):
    """Who published a post, under the names of the present."""

    id: Id
    handle: str
    display_name: str
    version: Annotated[int, Field(description="Of the account: the higher one has newer names.")]


class Uses(BaseModel):
    """What a post may be used for besides being shown."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    train: bool = False
    embed: bool = False
    recommend: bool = False


class Tag(BaseModel):
    """A tag in a caption: `caption[start:end]` is how it is written, with its `#`."""

    name: Annotated[str, Field(description="As in `/v1/feeds/tags/{tag}`.")]
    start: Annotated[int, Field(description="In characters (code points) of the caption.")]
    end: int


class Post(BaseModel):
    """A post as you see it."""

    id: Id
    author: Author
    caption: str
    tags: Annotated[list[Tag], Field(description="In the order of the caption, at most 30.")]
    alt_text: str
    prompt: str
    visibility: Visibility
    uses: Uses
    picture: Picture
    created_at: Moment
    created_position: Position
    like_count: int
    liked: bool


class NewPost(Request):
    """Publish the picture of a job of yours."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"job_id": JOB, "alt_text": "A red fox in the snow.", "caption": "Winter. #seni"}
            ]
        }
    )

    job_id: Annotated[str, Field(json_schema_extra=UUID7)]
    caption: Annotated[str, Field(json_schema_extra=text(most=500))] = ""
    alt_text: Annotated[
        str,
        Field(
            description="What the picture shows, in words.",
            json_schema_extra=text(least=1, most=1000),
        ),
    ]
    visibility: Visibility = "public"
    uses: Uses = Uses()
    id: OwnId | None = None


class PostView(BaseModel):
    """A post, and the position at which it is so."""

    post: Post
    position: Position


class Removed(BaseModel):
    """The position at which it is gone."""

    position: Position


class Likes(BaseModel):
    """How many like the post now."""

    like_count: int
