"""The page on privacy names every message that has something of a person, and no other."""

import re
from collections.abc import Iterator
from pathlib import Path

from kanvas_local.topic_catalogue import topic_catalogue
from kanvas_platform.privacy import Class, class_of, inner_message, messages_of

PAGE = Path(__file__).parents[2] / "docs" / "privacy.md"
OF_A_PERSON = {Class.CLASS_PERSONAL, Class.CLASS_SECRET}


def _told() -> list[str]:
    return re.findall(r"^\| `(kanvas\.[\w.]+)` \|", PAGE.read_text(), re.MULTILINE)


def _kept() -> Iterator[str]:
    catalogue = topic_catalogue()
    for name in catalogue.logs:
        for message in messages_of(catalogue.topics[name].record_type):
            fields = [field for field in message.fields if inner_message(field) is None]
            if any(class_of(field) in OF_A_PERSON for field in fields):
                yield message.full_name


def test_each_message_with_something_of_a_person_is_told_once() -> None:
    told = _told()
    assert sorted(told) == sorted(set(_kept()))


def test_what_is_secret_is_said_to_be() -> None:
    catalogue = topic_catalogue()
    secret = {
        message.full_name
        for name in catalogue.logs
        for message in messages_of(catalogue.topics[name].record_type)
        if any(class_of(field) == Class.CLASS_SECRET for field in message.fields)
    }
    lines = PAGE.read_text().splitlines()
    said = {name for name in _told() for line in lines if name in line and "(secret)" in line}
    assert said == secret
