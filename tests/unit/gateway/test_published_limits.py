"""The bounds on writing that docs/api/rest.md publishes are those that hold."""

import re
from pathlib import Path

import pytest

from kanvas_gateway.write_limits import OF_ACCOUNT, OF_ADDRESS, Write
from kanvas_platform.rates import Bound

_PAGE = (Path(__file__).parents[3] / "docs" / "api" / "rest.md").read_text()
_ROWS = {
    Write.SIGN_UP: "sign-ups",
    Write.SIGN_IN: "sign-ins",
    Write.DELETION: "deletions of the account",
    Write.JOB: "jobs",
    Write.POST: "posts",
    Write.FOLLOW: "follows and blocks, and their ends",
    Write.LIKE: "likes, and their ends",
}


def _bound(burst: str, rate: str) -> Bound | None:
    if not burst:
        return None
    count, seconds = re.fullmatch(r"(one|\d+) in (\d+) s", rate.strip()).groups()  # type: ignore[union-attr]
    times = 1 if count == "one" else int(count)
    return Bound(int(burst.replace(",", "")), times / int(seconds))


@pytest.mark.parametrize("write", Write)
def test_what_is_published_holds(write: Write) -> None:
    (row,) = re.findall(rf"^\| {_ROWS[write]} \|(.*)\|$", _PAGE, re.MULTILINE)
    account_burst, account_rate, address_burst, address_rate = map(str.strip, row.split("|"))
    assert _bound(account_burst, account_rate) == OF_ACCOUNT.get(write)
    assert _bound(address_burst, address_rate) == OF_ADDRESS[write]
