"""What a handle, a password and a profile may be."""

import re

import precis_i18n
import unicodedata2

from kanvas.graph.v1.records_pb2 import Device
from kanvas_platform.validation import Violations

HANDLE = re.compile(r"[a-z][a-z0-9_]{2,29}")
DISPLAY_NAME_MAX = 50
BIO_MAX = 300
DEVICE_NAME_MAX = 40
PASSWORD_MIN = 10
PASSWORD_MAX = 200

# Names that a page or a letter could mistake for the service itself.
RESERVED_HANDLES = frozenset(
    {"about", "admin", "api", "explore", "help", "home", "kanvas", "me", "media", "moderator",
     "root", "security", "settings", "signin", "signup", "staff", "support", "system"}
)  # fmt: skip

# Those of at least PASSWORD_MIN characters that head every published list of leaked passwords.
WELL_KNOWN_PASSWORDS = frozenset(
    {"0123456789", "0987654321", "1111111111", "1234567890", "12345678910", "123456789a",
     "1q2w3e4r5t", "1q2w3e4r5t6y", "abcdefghij", "administrator", "baseball123", "changeme123",
     "football123", "iloveyou123", "letmein123", "password01", "password10", "password11",
     "password12", "password123", "password1234", "passwordpassword", "princess123", "qwerty1234",
     "qwerty12345", "qwerty123456", "qwertyuiop", "qwertyuiop123", "superman123", "sunshine123",
     "unknown123", "welcome123", "welcome1234"}
)  # fmt: skip


_DECOMPOSED = 4
"""Most code points of one character in NFD (Unicode Standard Annex 15, section 12)."""

_PASSWORD = precis_i18n.get_profile("OpaqueString", unicodedata=unicodedata2)


def fold_handle(handle: str) -> str:
    """Return a handle as it is kept. People write it with blanks around it and in any case."""
    return handle.strip().lower()


def check_handle(violations: Violations, handle: str) -> str:
    """Check a handle that is to be claimed; return it as it is kept."""
    folded = fold_handle(handle)
    if not HANDLE.fullmatch(folded):
        violations.add(
            "handle", "3 to 30 letters a-z, digits and underscores, beginning with a letter."
        )
    elif folded in RESERVED_HANDLES:
        violations.add("handle", "This handle is reserved.")
    return folded


def prepare_password(password: str) -> str | None:
    """Return the one form of a password, however a keyboard makes its letters.

    The form is that of OpaqueString (RFC 8265): NFC, and every kind of blank is a space. Case and
    width stay, because they are part of the secret.

    Returns:
        None where the password is empty or far too long, or has a character that no password may
        have, such as a control.
    """
    if not 0 < len(password) <= _DECOMPOSED * PASSWORD_MAX:
        return None  # before any work: preparing takes time with its length
    try:
        prepared: str = _PASSWORD.enforce(password)
    except UnicodeEncodeError:
        return None
    return prepared


def check_password(
    violations: Violations, password: str, handle: str, *, field: str = "password"
) -> str:
    """Check that a new password is long enough, and none of the first guesses; return its form."""
    prepared = prepare_password(password)
    if prepared is None and 0 < len(password) <= PASSWORD_MAX:
        violations.add(field, "Contains a character that no password may have.")
        return password
    if prepared is None or not PASSWORD_MIN <= len(prepared) <= PASSWORD_MAX:
        violations.add(field, f"{PASSWORD_MIN} to {PASSWORD_MAX} characters.")
        return password
    folded = prepared.lower()
    if folded in WELL_KNOWN_PASSWORDS or len(set(folded)) < 3:
        violations.add(field, "This password is among the first that anyone would guess.")
    elif handle and folded.strip("0123456789_!") in (handle, handle * 2):
        violations.add(field, "Must not be made from the handle.")
    return prepared


def check_display_name(violations: Violations, name: str) -> str:
    """Check a display name; return it trimmed."""
    return violations.text("display_name", name, least=1, most=DISPLAY_NAME_MAX)


def check_bio(violations: Violations, bio: str) -> str:
    """Check a bio; return it trimmed."""
    return violations.text("bio", bio, most=BIO_MAX, multiline=True)


def check_device(violations: Violations, device: Device) -> Device:
    """Check on what somebody signs in, and return it tidied. Either name may be empty."""
    return Device(
        app=violations.text("device.app", device.app, most=DEVICE_NAME_MAX),
        system=violations.text("device.system", device.system, most=DEVICE_NAME_MAX),
    )
