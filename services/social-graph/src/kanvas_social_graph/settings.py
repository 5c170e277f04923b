"""Settings of social-graph, beyond those that every service has."""

from pathlib import Path

from kanvas_platform.settings import ServiceSettings


class SocialGraphSettings(ServiceSettings):
    """See `ServiceSettings`."""

    state_folder: Path | None = None
    """Folder on a disk of this machine where this instance alone keeps its state, so that a start
    reads on from there. None: the state is folded from the beginning at each start, in memory."""

    state_rebuild: bool = False
    """Whether the state of another log is set aside, and this one folded; else nothing is read."""
