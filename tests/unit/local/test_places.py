"""Folders with blanks and letters of any script do; what does not is told in one sentence."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from kanvas_local.errors import StackError, sentence_of
from kanvas_local.java import write_arguments
from kanvas_local.kafka import escaped
from kanvas_local.layout import cache_folder
from kanvas_local.machine import check_place


@pytest.mark.parametrize("name", ["My Kanvas", "图", "é", "Кино", "it's", "a+b@c~(1)", "🎨"])
def test_blanks_and_letters_of_any_script_are_fine(name: str) -> None:
    check_place(Path("/home/me") / name)


@pytest.mark.parametrize("sign", list(':,=%#?"\\\n'))
def test_a_sign_that_a_tool_takes_for_its_own_is_named(sign: str) -> None:
    with pytest.raises(StackError, match="another folder"):
        check_place(Path(f"/home/me/a{sign}b"))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/My Kanvas", "/My Kanvas"),
        ("/图", r"/\u56fe"),
        ("/é", r"/\u00e9"),
        ("/🎨", r"/\ud83c\udfa8"),
    ],
)
def test_java_reads_a_path_from_properties_in_ascii(path: str, text: str) -> None:
    assert escaped(Path(path)) == text


def test_options_of_java_are_quoted(tmp_path: Path) -> None:
    file = tmp_path / "arguments"
    write_arguments(file, ["-Da=My Kanvas 图"], [Path("/a b/c.jar")])
    assert file.read_bytes().decode("utf-8") == '"-Da=My Kanvas 图"\n"-cp"\n"/a b/c.jar"\n'


def test_a_relative_cache_folder_is_ignored_as_its_specification_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOME", "/home/me")
    monkeypatch.setenv("XDG_CACHE_HOME", "caches")
    assert cache_folder() == Path("/home/me/.cache/kanvas")
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
    assert cache_folder() == Path("/caches/kanvas")


def test_a_user_without_a_home_is_told_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere() -> Path:
        raise RuntimeError("no home")

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", nowhere)
    with pytest.raises(StackError, match="set HOME, or XDG_CACHE_HOME"):
        cache_folder()


@pytest.mark.parametrize(
    ("number", "cure"),
    [
        (errno.ENOSPC, "disk is full"),
        (errno.EROFS, "can only be read"),
        (errno.EACCES, "another user"),
    ],
)
def test_a_folder_that_does_not_do_is_told_with_its_cure(number: int, cure: str) -> None:
    sentence = sentence_of(OSError(number, os.strerror(number), "/some/file"))
    assert sentence.startswith("/some/file")
    assert cure in sentence


def test_another_fault_stays_what_it_is() -> None:
    with pytest.raises(ConnectionRefusedError):
        sentence_of(ConnectionRefusedError(errno.ECONNREFUSED, "refused"))
