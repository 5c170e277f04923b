"""What a client needs to know before anything else."""

from pydantic import BaseModel


class Config(BaseModel):
    """What a client needs to know before anything else."""

    stream_url: str
    version: str
