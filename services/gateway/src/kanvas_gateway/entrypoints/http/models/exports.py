"""Exports: an archive of what belongs to you."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from kanvas_gateway.entrypoints.http.models.shared import Id, Moment


class ExportProgress(BaseModel):
    """How far an export is. Nobody knows before how much there is."""

    posts: int
    pictures: int
    size_bytes: int


class Archive(BaseModel):
    """The file of an export."""

    url: Annotated[str, Field(description="Path; for you alone.")]
    size_bytes: int
    sha256: Annotated[str, Field(description="Of the whole file, in hexadecimal digits.")]


class Export(BaseModel):
    """The export that you asked for last."""

    id: Id
    state: Annotated[
        Literal["waiting", "making", "ready", "gone", "failed"],
        Field(description="`gone`: the archive was kept long enough, and is removed."),
    ]
    asked_at: Moment
    ended_at: Annotated[Moment | None, Field(description="When it was made, or given up.")]
    kept_until: Annotated[Moment | None, Field(description="Until when the archive is kept.")]
    progress: Annotated[ExportProgress | None, Field(description="While it is being made.")]
    archive: Annotated[Archive | None, Field(description="While it is ready.")]


class OwnExport(BaseModel):
    """An export."""

    export: Export
