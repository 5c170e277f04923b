"""What can be asked of the graph. The acting account is the command's actor."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CreateAccount:
    """Make the actor's account. `domain.contents` has checked every field."""

    handle: str
    display_name: str
    password_hash: str


@dataclass(frozen=True)
class UpdateProfile:
    """Change the actor's profile. `None` leaves a field as it is; version 0 expects none."""

    display_name: str | None
    bio: str | None
    expected_version: int


@dataclass(frozen=True)
class SetFollow:
    """Have the actor follow `account_id`, or follow it no longer."""

    account_id: str
    active: bool


@dataclass(frozen=True)
class SetBlock:
    """Have the actor block `account_id`, or block it no longer."""

    account_id: str
    active: bool
