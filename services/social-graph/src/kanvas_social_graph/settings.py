"""Settings of social-graph, beyond those that every service has."""

from kanvas_platform.settings import KeptStateSettings


class SocialGraphSettings(KeptStateSettings):
    """See `KeptStateSettings`."""
