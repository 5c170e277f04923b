"""The JSON of REST. Requests refuse fields that they do not know and values of another type."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Position = Annotated[
    str, Field(description="Opaque; of the feed, unless stated otherwise.", examples=["8041"])
]
Id = Annotated[str, Field(description="UUIDv7, chosen by you.", examples=["0199…"])]
Moment = Annotated[str, Field(description="RFC 3339, UTC.")]
_Small = Annotated[int, Field(ge=0, le=2**31 - 1)]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


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


class Account(BaseModel):
    """An account."""

    id: str
    handle: str
    display_name: str
    bio: str
    created_at: Moment
    version: int


class Relationship(BaseModel):
    """How you stand to an account."""

    following: bool
    followed_by: bool
    blocking: bool


class AccountView(BaseModel):
    """An account with its counts; `relationship` is null for yourself and without a token.

    Where one of you blocks the other, `hidden` says so: `bio` is empty and the counts are 0.
    """

    account: Account
    following_count: int
    follower_count: int
    relationship: Relationship | None
    hidden: bool
    position: Annotated[str, Field(description="Of the graph.")]


class AccountPage(BaseModel):
    """A page of accounts, newest follow first."""

    accounts: list[Account]
    next_cursor: str | None
    position: Annotated[str, Field(description="Of the graph.")]


class SignUp(_Request):
    """Makes an account."""

    handle: str
    password: str
    display_name: str = ""
    id: Id | None = None


class SignIn(_Request):
    """Shows who you are."""

    handle: str
    password: str


class SignedIn(BaseModel):
    """Your account and a token for it; the token is set as a cookie as well."""

    account: Account
    token: str
    expires_at: Moment


class SignedUp(SignedIn):
    """As SignedIn. `applied` says whether the feed knows the account already."""

    applied: bool
    detail: Annotated[str | None, Field(description="What follows, while it is not applied.")]
    position: Position | None
    graph_position: Annotated[str, Field(description="Of the graph.")]


class CurrentSession(BaseModel):
    """Who you are, and what you need for the live stream."""

    account: Account
    stream_token: str
    stream_url: str


class ProfileChange(_Request):
    """What to change of your profile; what is absent stays."""

    display_name: str | None = None
    bio: str | None = None
    expected_version: Annotated[int, Field(ge=0, le=2**63 - 1)] = 0


class ProfileChanged(BaseModel):
    """The account after the change."""

    account: Account
    position: Annotated[str, Field(description="Of the graph.")]


class Applied(BaseModel):
    """Whether a change has taken effect in feeds and streams; if not yet, it will."""

    applied: bool
    detail: Annotated[str | None, Field(description="What follows, while it is not applied.")]
    position: Position | None
    graph_position: Annotated[str, Field(description="Of the graph.")]


class Provenance(BaseModel):
    """How a picture was made."""

    model: str
    model_version: str
    seed: int
    statement: str
    generative: bool
    substitutions: list[str]


class Picture(BaseModel):
    """A finished picture."""

    url: str
    width: int
    height: int
    media_type: str
    placeholder: str
    provenance: Provenance


class Author(BaseModel):
    """Who published a post."""

    id: str
    handle: str
    display_name: str


class Uses(BaseModel):
    """What a post may be used for besides being shown."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    train: bool = False
    embed: bool = False
    recommend: bool = False


Visibility = Literal["public", "followers"]


class Tag(BaseModel):
    """A tag in a caption: `caption[start:end]` is how it is written, with its `#`."""

    name: Annotated[str, Field(description="As in `/v1/feeds/tags/{tag}`.")]
    start: Annotated[int, Field(description="In characters (code points) of the caption.")]
    end: int


class Post(BaseModel):
    """A post as you see it."""

    id: str
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


class NewPost(_Request):
    """Publishes the picture of a job of yours."""

    job_id: str
    caption: str = ""
    alt_text: Annotated[str, Field(description="What the picture shows, in words.")]
    visibility: Visibility = "public"
    uses: Uses = Uses()
    id: Id | None = None


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


class FeedPage(BaseModel):
    """A page of posts. It may be short: go on while there is a cursor."""

    items: list[Post]
    next_cursor: str | None
    position: Annotated[Position, Field(description="Subscribe to the stream from here.")]


class NewJob(_Request):
    """What to paint; what is absent takes the model's default."""

    prompt: str
    negative_prompt: str = ""
    model: str = ""
    width: _Small = 0
    height: _Small = 0
    steps: _Small = 0
    seed: Annotated[int, Field(ge=0, le=2**53 - 1)] | None = None
    style: str = ""
    guidance: Annotated[
        float,
        Field(
            ge=0,
            allow_inf_nan=False,
            description="How far the words pull, 1 to 10; a model without guidance ignores it.",
        ),
    ] = 0
    id: Id | None = None


class Failure(BaseModel):
    """Why a job failed."""

    reason: str
    message: str


class Job(BaseModel):
    """A generation job."""

    id: str
    prompt: str
    negative_prompt: str
    model: str
    width: int
    height: int
    steps: int
    seed: int
    style: str
    guidance: Annotated[float, Field(description="0 where the model has none.")]
    state: Literal["queued", "running", "succeeded", "failed", "canceled"]
    attempt: int
    picture: Picture | None
    failure: Failure | None
    created_at: Moment
    ended_at: Moment | None
    compute_seconds: float


class QueuedJob(BaseModel):
    """A job and how many stand before it."""

    job: Job
    queue_position: int


class CanceledJob(BaseModel):
    """A job as it ended."""

    job: Job


class Model(BaseModel):
    """Something that paints."""

    name: str
    version: str
    statement: str
    generative: bool
    styles: list[str]
    sizes: list[str]
    default_steps: int
    default_guidance: Annotated[float, Field(description="0 where the model has none.")]


class Models(BaseModel):
    """What can paint; the default one first."""

    models: list[Model]


class Config(BaseModel):
    """What a client needs to know before anything else."""

    stream_url: str
    version: str
