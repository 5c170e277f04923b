"""The page's own unit tests, in Vitest. Its types and its style are held by `make lint`."""

import pytest

from kanvas_local.errors import StackError
from kanvas_local.page import run_script
from kanvas_local.progress import ProgressLines


def test_the_pages_own() -> None:
    run_script("test", ProgressLines(quiet=True))


def test_a_script_that_fails_says_so() -> None:
    with pytest.raises(StackError, match="Missing script"):
        run_script("no-such-script", ProgressLines(quiet=True))
