"""What a post may contain."""

from collections.abc import Callable

import pytest

from kanvas.timeline.v1.service_pb2 import CreatePostRequest
from kanvas_platform.errors import InvalidArgument
from kanvas_timeline.domain.contents import check_post
from kanvas_timeline.testing.make import create_request, numbered_id

NOW = 1_700_000_000.0
Spoil = Callable[[CreatePostRequest], None]


def request() -> CreatePostRequest:
    return create_request(numbered_id(1), numbered_id(2))


def setter(path: str, value: object) -> Spoil:
    *parents, field = path.split(".")

    def spoil(message: CreatePostRequest) -> None:
        target: object = message
        for parent in parents:
            target = getattr(target, parent)
        setattr(target, field, value)

    return spoil


def test_texts_are_trimmed_and_normalized() -> None:
    message = request()
    message.caption = "  cafe\u0301\r\nat night \n"
    message.alt_text = "\ta cup "

    command_id, body = check_post(message)

    assert command_id == numbered_id(1)
    assert body.caption == "caf\u00e9\nat night"
    assert body.alt_text == "a cup"


def test_bounds_are_inclusive_and_in_characters() -> None:
    message = request()
    message.caption = "\U0001f98a" * 500
    message.alt_text = "a" * 1000
    message.prompt = ""

    check_post(message)


@pytest.mark.parametrize(
    ("spoil", "field"),
    [
        (setter("command_id", "42"), "command_id"),
        (setter("post_id", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"), "post_id"),
        (setter("caption", "a" * 501), "caption"),
        (setter("caption", "a\x00b"), "caption"),
        (setter("alt_text", ""), "alt_text"),
        (setter("alt_text", " \n "), "alt_text"),
        (setter("alt_text", "a" * 1001), "alt_text"),
        (setter("alt_text", "\x1b[31mred"), "alt_text"),
        (setter("prompt", "a" * 1001), "prompt"),
        (setter("visibility", 0), "visibility"),
        (setter("visibility", 9), "visibility"),
        (lambda message: message.ClearField("picture"), "picture"),
        (setter("picture.sha256", "AB" * 32), "picture.sha256"),
        (setter("picture.sha256", "ab" * 31), "picture.sha256"),
        (setter("picture.media_type", "image/svg+xml"), "picture.media_type"),
        (setter("picture.width", 0), "picture.width"),
        (setter("picture.height", 20_000), "picture.height"),
        (setter("picture.size_bytes", 0), "picture.size_bytes"),
        (setter("picture.placeholder", "red"), "picture.placeholder"),
        (setter("picture.placeholder", "#a0b1c2;display:none"), "picture.placeholder"),
        (setter("picture.provenance.model", "a" * 101), "picture.provenance.model"),
        (setter("picture.provenance.statement", "\x07"), "picture.provenance.statement"),
        (
            lambda message: message.picture.provenance.substitutions.extend(["a"] * 101),
            "picture.provenance.substitutions",
        ),
        (
            lambda message: message.picture.provenance.substitutions.extend(["a", "b" * 201]),
            "picture.provenance.substitutions[1]",
        ),
    ],
)
def test_each_violation_names_its_field(spoil: Spoil, field: str) -> None:
    message = request()
    spoil(message)

    with pytest.raises(InvalidArgument) as caught:
        check_post(message)

    assert [violation.field for violation in caught.value.violations] == [field]


def test_all_violations_are_named_at_once() -> None:
    with pytest.raises(InvalidArgument) as caught:
        check_post(CreatePostRequest(caption="a" * 501))

    fields = {violation.field for violation in caught.value.violations}
    assert fields == {"command_id", "post_id", "caption", "alt_text", "visibility", "picture"}


def test_the_command_does_not_share_the_request() -> None:
    message = request()
    _, body = check_post(message)
    message.picture.width = 1
    message.uses.train = True
    assert body.picture.width == 640
    assert not body.uses.train
