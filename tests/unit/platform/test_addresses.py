"""What counts as one address."""

import pytest

from kanvas_platform.addresses import subscriber


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("::ffff:10.0.0.1", "::ffff:10.0.0.2", False),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("10.0.0.1", "10.0.0.2", False),
        ("unix:1", "unix:1", True),
        ("unix:1", "unix:2", False),
        ("", "", True),
    ],
)
def test_one_subscriber_is_told_from_another(one: str, other: str, same: bool) -> None:
    assert (subscriber(one) == subscriber(other)) is same
