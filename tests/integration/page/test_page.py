"""The page's own checks: its types, and its unit tests in Vitest."""

import pytest

from kanvas_local.errors import StackError
from kanvas_local.page import run_script
from kanvas_local.progress import ProgressLines


@pytest.mark.timeout(600)
@pytest.mark.parametrize("script", ["check", "test"])
def test_the_pages_own(script: str) -> None:
    run_script(script, ProgressLines(quiet=True))


def test_a_script_that_fails_says_so() -> None:
    with pytest.raises(StackError, match="Missing script"):
        run_script("no-such-script", ProgressLines(quiet=True))
