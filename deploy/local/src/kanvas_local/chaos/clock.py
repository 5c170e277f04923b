"""Clocks of single processes, put wrong while they run, by libfaketime."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_PLACES = ("/usr/lib/*/faketime/libfaketime.so.1", "/usr/lib*/faketime/libfaketime.so.1")
RIGHT = "+0"


def library() -> Path | None:
    """Return where libfaketime lies; None where it is not installed."""
    found = (path for place in _PLACES for path in Path("/").glob(place.removeprefix("/")))
    return next(found, None)


@dataclass(frozen=True)
class Clocks:
    """Offsets of the clocks of units, one file each in `folder`; processes look once a second.

    Only the time of day is wrong: what a process measures with the monotonic clock is right, as it
    is on a machine whose clock was set wrong.
    """

    folder: Path

    def environment(self, unit: str) -> Mapping[str, str]:
        """Return what a unit is started with so that `put` reaches it.

        Raises:
            FileNotFoundError: There is no libfaketime.
        """
        preload = library()
        if preload is None:
            raise FileNotFoundError("libfaketime is not installed")
        self.put(unit, RIGHT)
        return {
            "LD_PRELOAD": str(preload),
            "FAKETIME_TIMESTAMP_FILE": str(self.folder / unit),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }

    def put(self, unit: str, offset: str) -> None:
        """Put a clock wrong by an offset such as `-70s` or `+2d`, from about a second on."""
        self.folder.mkdir(parents=True, exist_ok=True)
        # Replaced in one step: half a file would be another time.
        temporary = self.folder / f".{unit}"
        temporary.write_text(f"{offset}\n")
        temporary.replace(self.folder / unit)
