"""Settings that every service takes from its environment, with the prefix `KANVAS_`."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

_HIGHEST_PORT = 65535


def parse_address(text: str) -> tuple[str, int]:
    """Split `host:port`; an IPv6 host stands in brackets, which are removed.

    Raises:
        ValueError: It is not of that form.
    """
    host, separator, port = text.strip().rpartition(":")
    if not separator or not host or not (port.isascii() and port.isdigit()):
        raise ValueError("expected host:port")
    if int(port) > _HIGHEST_PORT:
        raise ValueError("the port is above 65535")
    return host.removeprefix("[").removesuffix("]"), int(port)


def parse_addresses(text: str) -> list[tuple[str, int]]:
    """Split `host:port[,host:port…]`.

    Raises:
        ValueError: A part is not of that form, or there is none.
    """
    return [parse_address(part) for part in text.split(",")]


def _checked_address(text: str) -> str:
    parse_address(text)
    return text


def _checked_addresses(text: str) -> str:
    parse_addresses(text)
    return text


Address = Annotated[str, AfterValidator(_checked_address)]
"""`host:port`."""

Addresses = Annotated[str, AfterValidator(_checked_addresses)]
"""`host:port[,host:port…]`."""


class ServiceSettings(BaseSettings):
    """What every service needs. Services extend it; `bootstrap` builds it once.

    Unknown variables with the prefix are ignored, so that one environment can serve several
    services; a missing or malformed one stops the process with its name.
    """

    model_config = SettingsConfigDict(env_prefix="KANVAS_", frozen=True, extra="ignore")

    instance: str = Field(min_length=1, max_length=63, pattern=r"^[a-z0-9-]+$")
    """Name of this process, such as `timeline-1`."""

    grpc_listen: Address
    """Where gRPC is served."""

    grpc_advertise: Address | None = None
    """Where other instances reach it, if that differs from `grpc_listen`."""

    ops_listen: Address
    """Where `/livez`, `/readyz` and `/metrics` are served."""

    kafka: Addresses
    """Bootstrap servers."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"

    drain_seconds: float = Field(default=10.0, ge=0, le=300)
    """How long calls in progress may take to finish after SIGTERM."""

    @property
    def grpc_address(self) -> str:
        """The address that others use for this instance."""
        return self.grpc_advertise or self.grpc_listen


class KeptStateSettings(ServiceSettings):
    """What a service needs besides, that can keep its state on disk."""

    state_folder: Path | None = None
    """Folder on a disk of this machine where this instance alone keeps its state, so that a start
    reads on from there. None: the state is folded from the beginning at each start, in memory."""

    state_rebuild: bool = False
    """Whether no state is worth more than a start: the state of another log is set aside, and this
    one folded; where the folder cannot be used, the state is in memory. Else nothing is read."""
