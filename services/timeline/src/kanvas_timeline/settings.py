"""What this service takes from its environment, with the prefix `KANVAS_`."""

from pydantic import Field

from kanvas_platform.settings import Addresses, ServiceSettings


class TimelineSettings(ServiceSettings):
    """Settings of one timeline process; see the base for what every service takes."""

    cassandra: Addresses
    """Contact points of the database that holds the views."""

    cassandra_keyspace: str = Field(default="kanvas", pattern=r"^[a-z][a-z0-9_]{0,47}$")
    """Keyspace of the views."""

    recent_bytes: int = Field(default=64 << 20, ge=1 << 16)
    """Memory for the recent log. It may take up to three times that while the views are behind."""

    cassandra_replication: dict[str, str | int] = Field(
        default={"class": "SimpleStrategy", "replication_factor": 1}
    )
    """Replication of the keyspace, as JSON; used only by `migrate`, where it makes it."""
