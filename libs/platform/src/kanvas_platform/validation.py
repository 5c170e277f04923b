"""Checks of what callers send: every violation is named, then all are raised as one error."""

import re

from kanvas_platform.cursor import decode_cursor
from kanvas_platform.errors import InvalidArgument, Violation
from kanvas_platform.ids import parse_id
from kanvas_platform.text import has_forbidden, tidy

_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


def is_sha256(text: str) -> bool:
    """Say whether a text is a SHA-256 as Kanvas writes it: 64 lower-case hexadecimal digits."""
    return _SHA256.fullmatch(text) is not None


class Violations:
    """What is wrong with one request, collected.

    Use::

        violations = Violations()
        caption = violations.text("caption", request.caption, most=500)
        violations.raise_if_any()
    """

    def __init__(self) -> None:
        self._found: list[Violation] = []

    def add(self, field: str, message: str) -> None:
        """Note one violation; `field` is the name in the contract, `message` a sentence."""
        self._found.append(Violation(field=field, message=message))

    def text(
        self, field: str, value: str, *, least: int = 0, most: int, multiline: bool = False
    ) -> str:
        """Check a text for people and return it tidied, as `kanvas_platform.text.tidy` says.

        Bounds are in characters (code points) of the tidied text. A text of which nothing can be
        seen is empty.
        """
        tidied = tidy(value, lines=multiline)
        if len(tidied) < least:
            self.add(field, "Must not be empty." if least == 1 else f"At least {least} characters.")
        elif len(tidied) > most:
            self.add(field, f"At most {most} characters; this has {len(tidied)}.")
        if has_forbidden(tidied):
            self.add(field, "Contains control characters.")
        return tidied

    def identifier(self, field: str, value: str) -> str:
        """Check a UUIDv7 and return it in canonical form."""
        try:
            return parse_id(value, field)
        except InvalidArgument as error:
            self._found.extend(error.violations)
            return value

    def sha256(self, field: str, value: str) -> str:
        """Check a SHA-256, see `is_sha256`, and return it."""
        if not is_sha256(value):
            self.add(field, "Must be 64 lower-case hexadecimal digits.")
        return value

    def page_size(self, value: int, *, default: int, most: int) -> int:
        """Check the field `page_size` and return how many entries to answer; 0 is the default."""
        if not 0 <= value <= most:
            self.add("page_size", f"Must be from 0 to {most}.")
        return value or default

    def cursor(self, value: str, *, kind: str) -> int | None:
        """Check the field `cursor` and return its position; None where it is empty or wrong."""
        if not value:
            return None
        try:
            return decode_cursor(value, kind=kind)
        except InvalidArgument as error:
            self._found.extend(error.violations)
            return None

    def raise_if_any(self) -> None:
        """Raise InvalidArgument with everything noted so far, if there is anything."""
        if self._found:
            raise InvalidArgument("The request is not valid.", violations=tuple(self._found))
