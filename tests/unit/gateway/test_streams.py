"""What streams there are, and how a client may spell their names."""

import tracemalloc

import pytest

from kanvas_gateway.stream.streams import (
    GLOBAL,
    HOME,
    KINDS,
    TAG,
    USER,
    Event,
    Telling,
    parse_stream,
)
from kanvas_platform.errors import InvalidArgument
from kanvas_platform.ids import new_id

ACCOUNT = new_id()


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("global", GLOBAL, "global"),
        ("home", HOME, "home"),
        (f"user:{ACCOUNT}", USER, f"user:{ACCOUNT}"),
        ("tag:SENI", TAG, "tag:seni"),
        ("tag:Straße", TAG, "tag:strasse"),
    ],
)
def test_a_stream_has_one_name(text: str, kind: object, name: str) -> None:
    stream = parse_stream(text)
    assert (stream.kind, stream.name) == (kind, name)
    assert parse_stream(stream.name).name == name


@pytest.mark.parametrize("text", ["", ":", "job:1", "home:", "user", "user:1", "tag:", "tag:1"])
def test_what_is_no_stream_is_refused(text: str) -> None:
    with pytest.raises(InvalidArgument) as refused:
        parse_stream(text)
    assert refused.value.violations[0].field == "stream"


def test_only_home_needs_an_identity() -> None:
    assert [kind for kind in KINDS.values() if kind.needs_identity] == [HOME]


def test_what_each_kind_is_told_of_a_post() -> None:
    event, public = Event(b"e"), Event(b"p")
    told = {label: kind.tell(event, public) for label, kind in KINDS.items()}
    assert {label: (one.followers, one.others) for label, one in told.items()} == {
        "global": (public, public),
        "home": (event, None),
        "user": (event, public),
        "tag": (public, public),
    }


def test_alike_means_that_everybody_is_told_the_same() -> None:
    event = Event(b"e")
    assert Telling(event, event).alike
    assert not Telling(event, None).alike


def test_a_subscription_keeps_nothing_of_what_it_was_sent() -> None:
    events = [Event(b"x" * length) for length in range(300, 332)]
    parse_stream("tag:fox").frame(events[0])
    streams = [parse_stream(f"tag:fox{number}") for number in range(100)]
    for event in events:
        streams[0].frame(event)
    tracemalloc.start()
    try:
        for stream in streams[1:]:
            for event in events:
                stream.frame(event)
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept / len(streams) < 100, "bytes for each subscription"
