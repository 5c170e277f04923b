"""On what somebody signs in, in plain words, so that they recognise it in a list.

A browser says its name, those of others that it is like, and its system, in one line. There are
libraries that read hundreds of versions and models out of it, with a thousand expressions; nobody
is shown those here, so a short list will do. What is not on it is not named.
"""

import re
from typing import Final

from kanvas.graph.v1.records_pb2 import Device

_APPS: Final = (
    # Each also says the names of those below it.
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("YaBrowser/", "Yandex Browser"),
    ("Vivaldi/", "Vivaldi"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
_PROGRAM: Final = re.compile(r"([A-Za-z][A-Za-z0-9_.-]{0,39})(?:/|\s|$)", re.ASCII)
_LONGEST: Final = 512
"""Characters that are looked at. A browser says its name within some 200."""


def device_of(user_agent: str) -> Device:
    """Return what a `User-Agent` tells; names are empty where it tells nothing that is known."""
    said = user_agent[:_LONGEST]
    system = _first(said, _SYSTEMS)
    if said.startswith("Mozilla/"):
        return Device(app=_first(said, _APPS), system=system)
    program = _PROGRAM.match(said)
    return Device(app=program.group(1) if program else "", system=system)


def _first(said: str, names: tuple[tuple[str, str], ...]) -> str:
    return next((name for sign, name in names if sign in said), "")
