"""Where jars come from: Maven Central, or the mirror that a person's own settings name."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit
from xml.etree import ElementTree

from kanvas_local.errors import StackError

_MIRRORS_CENTRAL = {"*", "central", "external:*", "external:http:*"}


def maven_url() -> str:
    """Return the repository to download from, credentials included where there are some.

    `KANVAS_MAVEN_URL` counts first, then a mirror of `central` in
    ~/.m2/settings.xml with the `<server>` of its id. Empty where neither is named: then it is
    Maven Central itself.

    Raises:
        StackError: The settings cannot be read.
    """
    named = os.environ.get("KANVAS_MAVEN_URL")
    if named:
        return named.rstrip("/")
    settings = Path("~/.m2/settings.xml").expanduser()
    return mirror_in(settings)


def mirror_in(settings: Path) -> str:
    """Return the mirror of Maven Central that a settings.xml names; empty where it names none."""
    try:
        # The file is the user's own, and Python's parser fetches nothing that it names.
        root = ElementTree.fromstring(settings.read_bytes())  # noqa: S314
    except FileNotFoundError:
        return ""
    except (OSError, ElementTree.ParseError) as error:
        raise StackError(
            f"{settings} cannot be read ({error}): mend it, or name a repository of jars with "
            "KANVAS_MAVEN_URL."
        ) from error
    for mirror in root.iterfind("{*}mirrors/{*}mirror"):
        of = {name.strip() for name in _text(mirror, "mirrorOf").split(",")}
        if of & _MIRRORS_CENTRAL and "!central" not in of:
            return _with_server(_text(mirror, "url"), _text(mirror, "id"), root)
    return ""


def _with_server(url: str, name: str, root: ElementTree.Element) -> str:
    """Return `url` with the user and password of the `<server>` that has the mirror's id."""
    for server in root.iterfind("{*}servers/{*}server"):
        user, password = _text(server, "username"), _text(server, "password")
        if _text(server, "id") == name and user and not password.startswith("{"):
            parts = urlsplit(url)
            place = f"{quote(user, safe='')}:{quote(password, safe='')}@{parts.netloc}"
            url = urlunsplit(parts._replace(netloc=place))
    return url.rstrip("/")


def _text(element: ElementTree.Element, name: str) -> str:
    return os.path.expandvars((element.findtext(f"{{*}}{name}") or "").strip())
