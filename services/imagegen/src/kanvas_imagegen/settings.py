"""Settings of imagegen, from the environment, with the prefix `KANVAS_`."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from kanvas_platform.object_store import StoreUrl
from kanvas_platform.settings import Address, Addresses, KeptStateSettings


class ProbeSettings(BaseSettings):
    """What the probe needs; a supervisor of Triton knows nothing of Kafka."""

    model_config = SettingsConfigDict(env_prefix="KANVAS_", frozen=True, extra="ignore")

    triton_grpc: Address
    """Triton's gRPC endpoint."""


class ImagegenSettings(KeptStateSettings):
    """What imagegen needs beyond `KeptStateSettings`."""

    triton_grpc: Address
    """Triton's gRPC endpoint."""

    media_url: StoreUrl
    """Where pictures are kept. Nothing else may keep pictures there: unused ones are deleted."""

    social_graph_targets: Addresses
    """gRPC addresses of social-graph, which knows the accounts that are erased."""

    timeline_targets: Addresses
    """gRPC addresses of timeline, which knows what posts show."""

    workers: int = Field(default=1, ge=0, le=64)
    """Workers in this process, one picture at a time each; 0 where they run elsewhere."""

    keep_days: float = Field(default=30, gt=0, le=3650)
    """How many days a finished picture is kept for its owner who does not publish it. The leader's
    value counts, and for pictures that are finished from then on."""

    sweep_seconds: float = Field(default=3600, ge=1, le=30 * 24 * 3600)
    """How many seconds a picture must be unused, and stored by nobody, before its file is deleted;
    also the pause between two passes over all pictures."""

    sweep_most: int = Field(default=1000, ge=1, le=1_000_000)
    """How many files a pass deletes at most."""
