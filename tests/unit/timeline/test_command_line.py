"""The command line: every command is understood, and what is none is refused."""

import pytest

from kanvas_timeline.__main__ import command_line


@pytest.mark.parametrize(
    "words",
    [
        ["serve"],
        ["migrate"],
        ["audit"],
        ["audit", "--records-per-second", "20"],
        ["rebuild", "--records-per-second", "20"],
        ["rebuild", "--give-up"],
        ["standing-still"],
    ],
)
def test_a_command_is_understood(words: list[str]) -> None:
    assert command_line().parse_args(words).command == words[0]


@pytest.mark.parametrize("rate", ["0", "-1", "many"])
def test_a_rate_is_a_number_above_zero(rate: str) -> None:
    with pytest.raises(SystemExit) as ended:
        command_line().parse_args(["audit", "--records-per-second", rate])
    assert ended.value.code == 2
