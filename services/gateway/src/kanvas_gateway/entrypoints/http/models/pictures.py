"""Finished pictures, as posts and jobs show them."""

from pydantic import BaseModel


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
