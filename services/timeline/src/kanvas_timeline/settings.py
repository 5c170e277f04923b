"""What this service takes from its environment, with the prefix `KANVAS_`."""

from pydantic import Field

from kanvas_platform.settings import Addresses, KeptStateSettings

AUDIT_SECONDS = 60.0
"""From one sample of the views to the next, on average, unless set."""


class TimelineSettings(KeptStateSettings):
    """Settings of one timeline process; see the base for what every service takes."""

    cassandra: Addresses
    """Contact points of the database that holds the views."""

    cassandra_keyspace: str = Field(default="kanvas", pattern=r"^[a-z][a-z0-9_]{0,39}$")
    """Keyspace of the views; `rebuild` makes others, with a number behind this name."""

    recent_bytes: int = Field(default=64 << 20, ge=1 << 16)
    """Memory for the recent log. It may take up to three times that while the views are behind, and
    nearly twice as much where the state is in memory only."""

    audit_seconds: float = Field(default=AUDIT_SECONDS, ge=1.0, le=86_400.0)
    """Seconds from one sample of the views to the next, on average."""

    cassandra_replication: dict[str, str | int] = Field(
        default={"class": "SimpleStrategy", "replication_factor": 1}
    )
    """Replication of the keyspace, as JSON; used only by `migrate`, where it makes it."""
