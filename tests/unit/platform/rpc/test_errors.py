"""Every error survives the wire: class, reason, message, violations, metadata, retry_after."""

import inspect

import grpc
import pytest

from kanvas_platform import errors
from kanvas_platform.errors import InvalidArgument, KanvasError, Unavailable, Violation
from kanvas_platform.rpc.errors import (
    STATUS_DETAILS,
    from_rpc_error,
    to_code,
    to_details,
    to_message,
)

EVERY_CLASS = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, KanvasError) and not kind.__name__.startswith("_")
]


def over_the_wire(error: KanvasError) -> KanvasError:
    trailing = grpc.aio.Metadata((STATUS_DETAILS, to_details(error)))
    failure = grpc.aio.AioRpcError(
        to_code(error), grpc.aio.Metadata(), trailing, details=to_message(error)
    )
    return from_rpc_error(failure)


@pytest.mark.parametrize("kind", EVERY_CLASS)
def test_the_class_and_its_reason_survive(kind: type[KanvasError]) -> None:
    sent = kind("because", metadata={"position": "12"})

    received = over_the_wire(sent)

    expected = errors.Internal if kind is KanvasError else kind
    assert type(received) is expected
    assert (received.reason, received.message) == (sent.reason, "because")
    assert received.metadata == {"position": "12"}


def test_a_reason_of_a_service_survives_in_the_class_of_its_status() -> None:
    class HandleTaken(errors.AlreadyExists):
        reason = "HANDLE_TAKEN"

    received = over_the_wire(HandleTaken("taken"))

    assert type(received) is errors.AlreadyExists
    assert received.reason == "HANDLE_TAKEN"


def test_violations_survive() -> None:
    violations = (Violation("caption", "is too long"), Violation("uses.train", "is required"))

    received = over_the_wire(InvalidArgument(violations=violations))

    assert isinstance(received, InvalidArgument)
    assert received.violations == violations


def test_retry_after_survives() -> None:
    received = over_the_wire(Unavailable("soon", retry_after=1.25))

    assert isinstance(received, Unavailable)
    assert received.retry_after == 1.25


def test_what_would_overflow_the_headers_is_cut() -> None:
    violations = [Violation("words", "is wrong")] * 1000

    received = over_the_wire(InvalidArgument("x" * 100_000, violations=violations))

    assert isinstance(received, InvalidArgument)
    assert (len(received.message), len(received.violations)) == (1024, 20)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (grpc.StatusCode.UNAVAILABLE, errors.Unavailable),
        (grpc.StatusCode.CANCELLED, errors.Unavailable),
        (grpc.StatusCode.UNKNOWN, errors.Internal),
        (grpc.StatusCode.UNIMPLEMENTED, errors.Internal),
        (grpc.StatusCode.DATA_LOSS, errors.Internal),
        (grpc.StatusCode.OUT_OF_RANGE, errors.InvalidArgument),
    ],
)
@pytest.mark.parametrize("details", [None, b"\xff not a status"])
def test_a_status_without_our_details_gets_the_class_of_its_code(
    code: grpc.StatusCode, kind: type[KanvasError], details: bytes | None
) -> None:
    trailing = (
        grpc.aio.Metadata() if details is None else grpc.aio.Metadata((STATUS_DETAILS, details))
    )

    received = from_rpc_error(grpc.aio.AioRpcError(code, grpc.aio.Metadata(), trailing))

    assert type(received) is kind
    assert received.reason == kind.reason


def test_a_known_reason_under_another_status_does_not_change_the_class() -> None:
    received = over_the_wire(errors.NotFound("none", reason=errors.NotFresh.reason))

    assert type(received) is errors.NotFound
