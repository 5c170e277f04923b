"""Which stores there may be, and where content lies in them."""

import hashlib
from pathlib import Path

import obstore
import pytest
from obstore.store import GCSStore, LocalStore, S3Store
from pydantic import TypeAdapter, ValidationError

from kanvas_platform.object_store import StoreUrl, content_path, open_store

SHA256 = hashlib.sha256(b"content").hexdigest()
URL: TypeAdapter[str] = TypeAdapter(StoreUrl)


@pytest.mark.parametrize(
    "url", ["file:///srv/kanvas/media", "s3://bucket", "s3://bucket/prefix", "gs://bucket/prefix"]
)
def test_a_store_is_a_folder_or_a_bucket(url: str) -> None:
    assert URL.validate_python(url) == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/srv/kanvas/media",
        "file:media",
        "file://media",
        "file://host/media",
        "s3://",
        "s3:///prefix",
        "memory:///",
        "https://bucket.example/prefix",
    ],
)
def test_anything_else_is_not(url: str) -> None:
    with pytest.raises(ValidationError, match="expected file:///folder"):
        URL.validate_python(url)


def test_each_url_opens_its_kind_of_store(tmp_path: Path) -> None:
    assert isinstance(open_store(tmp_path.as_uri()), LocalStore)
    assert isinstance(open_store("s3://bucket/prefix"), S3Store)
    assert isinstance(open_store("gs://bucket/prefix"), GCSStore)


async def test_a_folder_is_made_and_its_name_may_hold_anything(tmp_path: Path) -> None:
    folder = tmp_path / "the media" / "50% ü"
    await obstore.put_async(open_store(folder.as_uri()), "a", b"content")
    assert (folder / "a").read_bytes() == b"content"


def test_content_lies_two_levels_deep_under_its_hash() -> None:
    assert content_path(SHA256, "webp") == f"{SHA256[:2]}/{SHA256[2:4]}/{SHA256}.webp"
