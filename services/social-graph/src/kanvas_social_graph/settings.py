"""Settings of social-graph, beyond those that every service has."""

from pathlib import Path

from pydantic import Field

from kanvas_platform.settings import KeptStateSettings
from kanvas_social_graph.domain.deletion import GRACE_SECONDS


class SocialGraphSettings(KeptStateSettings):
    """See `KeptStateSettings`."""

    handle_key_file: Path
    """File with at least 32 random bytes, the same for every instance and for ever: under this
    secret the handles of erased accounts are kept from reuse. It is needed to start."""

    grace_seconds: int = Field(default=GRACE_SECONDS, ge=1, le=90 * 86400)
    """For how long the deletion of an account can be taken back; what is asked for later has a
    changed time, what was asked for before keeps its own."""
