"""Settings of social-graph: those that every service has."""

from kanvas_platform.settings import ServiceSettings


class SocialGraphSettings(ServiceSettings):
    """See `ServiceSettings`; social-graph needs nothing else."""
