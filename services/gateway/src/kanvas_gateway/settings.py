"""Settings of the gateway."""

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated

from pydantic import AnyUrl, BeforeValidator, Field, UrlConstraints, field_validator
from pydantic_settings import NoDecode

from kanvas_platform.object_store import StoreUrl
from kanvas_platform.settings import Address, Addresses, ServiceSettings


def _split(value: object) -> object:
    if not isinstance(value, str):
        return value
    return [part.strip() for part in value.split(",") if part.strip()]


Network = IPv4Network | IPv6Network
Networks = Annotated[tuple[Network, ...], NoDecode, BeforeValidator(_split)]
"""`network[,network…]`, each as `10.0.0.0/8`, or an address alone."""

StreamUrl = Annotated[AnyUrl, UrlConstraints(allowed_schemes=["ws", "wss"])]


class GatewaySettings(ServiceSettings):
    """What the edge needs besides what every service needs."""

    http_listen: Address
    """Where REST, pictures and the page are served."""

    stream_listen: Address
    """Where the live stream is served."""

    stream_public_url: StreamUrl
    """Where clients find the live stream. `wss:` also keeps cookies to encrypted connections."""

    social_graph_targets: Addresses
    """gRPC addresses of social-graph."""

    timeline_targets: Addresses
    """gRPC addresses of timeline."""

    imagegen_targets: Addresses
    """gRPC addresses of imagegen."""

    media_url: StoreUrl
    """Where pictures lie, as imagegen writes them."""

    exports_url: StoreUrl
    """Where the archives of exports lie, as social-graph writes them."""

    media_removal_seconds: int = Field(default=3600, ge=2, le=7 * 24 * 3600)
    """Within so many seconds a picture that everybody might see, and that nobody may see any more,
    is shown no more: the longest time for which a browser or a proxy may keep it."""

    token_key_file: Path
    """Ed25519 private key (PEM or JWK) that signs tokens; the same for every gateway."""

    other_token_key_file: Path | None = None
    """A second such key, or its public half, whose tokens are good, too: while a key takes the
    place of another (docs/operations.md)."""

    web_root: Path
    """Folder of the built page."""

    http_connections: int = Field(default=4096, ge=1)
    """How many connections REST holds."""

    http_connections_each: int = Field(default=128, ge=0)
    """How many of them one address (of IPv6 one /64) may hold. 0: any number; set this where a
    proxy stands before the gateway, since all connections come from its address then. Unless
    `trusted_proxies` names the proxy, nothing else is counted by address either."""

    trusted_proxies: Networks = ()
    """Networks of proxies whose `X-Forwarded-For` is believed: a client's address is the last one
    there that is not of such a proxy. None: no header is looked at."""

    exempt_networks: Networks = ()
    """Networks whose writes are not bounded: where demos, tests and benches run. See
    `write_limits`."""

    stream_connections: int = Field(default=20_000, ge=1)
    """How many sockets the live stream holds."""

    stream_connections_each: int = Field(default=5_000, ge=0)
    """How many of them one address may hold, as above."""

    ring_bytes: int = Field(default=64 * 1024 * 1024, ge=1024 * 1024)
    """How many bytes of recent events are kept for those who resume."""

    ring_seconds: float = Field(default=6 * 3600.0, ge=60)
    """For how long they are kept at most; below the log's resume window of seven days."""

    @field_validator("token_key_file", "other_token_key_file")
    @classmethod
    def _key_exists(cls, path: Path | None) -> Path | None:
        if path is not None and not path.is_file():
            raise ValueError("there is no such file")
        return path

    @property
    def knows_addresses(self) -> bool:
        """Whether the gateway can tell the addresses of clients."""
        return self.http_connections_each > 0 or bool(self.trusted_proxies)

    @property
    def secure_cookies(self) -> bool:
        """Whether clients reach this gateway over encrypted connections."""
        return self.stream_public_url.scheme == "wss"
