"""Settings of social-graph, beyond those that every service has."""

from pathlib import Path

from pydantic import Field

from kanvas_platform.object_store import StoreUrl
from kanvas_platform.settings import Addresses, KeptStateSettings
from kanvas_social_graph.domain.deletion import GRACE_SECONDS


class SocialGraphSettings(KeptStateSettings):
    """What social-graph needs beyond `KeptStateSettings`."""

    handle_key_file: Path
    """File with at least 32 random bytes, the same for every instance and for ever: under this
    secret the handles of erased accounts are kept from reuse. It is needed to start."""

    grace_seconds: int = Field(default=GRACE_SECONDS, ge=1, le=90 * 86400)
    """For how long the deletion of an account can be taken back; what is asked for later has a
    changed time, what was asked for before keeps its own."""

    timeline_targets: Addresses
    """gRPC addresses of timeline."""

    imagegen_targets: Addresses
    """gRPC addresses of imagegen."""

    media_url: StoreUrl
    """Where pictures lie, as imagegen writes them."""

    exports_url: StoreUrl
    """Where the archives of exports are kept. It holds nothing else: what no record names is
    removed."""

    export_keep_days: float = Field(default=7, gt=0, le=365)
    """How many days an archive is kept. The leader's value counts, for what is made from then."""

    export_pause_hours: float = Field(default=24, ge=0, le=24 * 365)
    """So many hours after it asked for an export an account may ask for another one."""

    export_give_up_hours: float = Field(default=6, gt=0, le=24 * 7)
    """An export that is not made so many hours after it was asked for has failed."""
