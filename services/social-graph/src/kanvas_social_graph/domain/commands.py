"""What can be asked of the graph. The acting account is the command's actor."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CreateAccount:
    """Make the actor's account; every field was checked by `domain.contents`."""

    handle: str
    display_name: str
    password_hash: str


@dataclass(frozen=True)
class UpdateProfile:
    """Change the actor's profile. `None` leaves a field; version 0 expects none."""

    display_name: str | None
    bio: str | None
    expected_version: int


@dataclass(frozen=True)
class SetFollow:
    """The actor follows `account_id`, or no longer does."""

    account_id: str
    active: bool


@dataclass(frozen=True)
class SetBlock:
    """The actor blocks `account_id`, or no longer does."""

    account_id: str
    active: bool
