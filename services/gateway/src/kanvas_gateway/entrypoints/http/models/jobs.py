"""Generation jobs, and what can paint."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from kanvas_gateway.entrypoints.http.models.formats import text
from kanvas_gateway.entrypoints.http.models.pictures import Picture
from kanvas_gateway.entrypoints.http.models.shared import AS_WHOLE, Id, Moment, OwnId, Request

_Small = Annotated[int, Field(ge=0, le=2**31 - 1), AS_WHOLE]


class NewJob(Request):
    """Have a picture painted; what is absent takes the model's default."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"prompt": "a red fox in the snow"}]})

    prompt: Annotated[str, Field(json_schema_extra=text(least=1, most=1000))]
    negative_prompt: Annotated[str, Field(json_schema_extra=text(most=1000))] = ""
    model: Annotated[str, Field(description="A name of `/v1/models`.")] = ""
    width: _Small = 0
    height: _Small = 0
    steps: _Small = 0
    seed: Annotated[int, Field(ge=0, le=2**53 - 1), AS_WHOLE] | None = None
    style: Annotated[str, Field(description="One that the model knows.")] = ""
    guidance: Annotated[
        float,
        Field(
            ge=0,
            allow_inf_nan=False,
            description="How far the words pull, 1 to 10; a model without guidance ignores it.",
        ),
    ] = 0
    id: OwnId | None = None


class Failure(BaseModel):
    """Why a job failed."""

    reason: str
    message: str


class Job(BaseModel):
    """A generation job."""

    id: Id
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
    kept_until: Annotated[
        Moment | None,
        Field(description="Then the job is forgotten, if no post shows its picture by then."),
    ]
    post_id: Annotated[str | None, Field(description="The first post that shows the picture.")]


class JobPage(BaseModel):
    """A page of your unpublished work, newest first."""

    items: list[Job]
    next_cursor: str | None


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
