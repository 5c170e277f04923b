"""Object stores by URL, and where content lies in them: writers and readers agree."""

from typing import Annotated
from urllib.parse import unquote, urlsplit

from obstore.store import LocalStore, ObjectStore, from_url
from pydantic import AfterValidator


def _checked_store_url(url: str) -> str:
    parts = urlsplit(url)
    match parts.scheme:
        case "file" if not parts.netloc and parts.path.startswith("/"):
            return url
        case "s3" | "gs" if parts.netloc:
            return url
    raise ValueError("expected file:///folder, s3://bucket/prefix or gs://bucket/prefix")


StoreUrl = Annotated[str, AfterValidator(_checked_store_url)]
"""`file:///folder`, `s3://bucket[/prefix]` or `gs://bucket[/prefix]`, as `open_store` takes it."""


def open_store(url: str) -> ObjectStore:
    """Open the store at a `StoreUrl`; nothing is asked of a server yet.

    A folder is made where it is missing. What is in it is percent-encoded in the URL, as
    `Path.as_uri` does. Buckets take their credentials from the environment, as their clients do.
    For tests, `memory:///` is a store of its own for each call.
    """
    parts = urlsplit(url)
    if parts.scheme == "file":
        return LocalStore(unquote(parts.path), mkdir=True)
    return from_url(url)


def content_path(sha256: str, ending: str) -> str:
    """Return where content lies: `aa/bb/<sha256>.<ending>`, so that no folder grows too large.

    Args:
        sha256: Hash of the content, 64 lower-case hexadecimal digits.
        ending: Says the type where a store keeps no attributes; without the dot.
    """
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}.{ending}"


def part_path(name: str, number: int) -> str:
    """Return where a part of something lies that is stored in parts, from 0 on."""
    return f"{name}/{number:06}"
