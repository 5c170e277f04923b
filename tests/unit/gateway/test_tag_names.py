import pytest

from kanvas_gateway.domain.tag_names import parse_tag_name
from kanvas_platform.errors import InvalidArgument


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("fox", "fox"),
        ("Red_Fox2", "red_fox2"),
        ("Füchse", "füchse"),
        ("fu\u0308chse", "füchse"),
        ("ｓｅｎｉ", "seni"),
        ("猫", "猫"),
        ("हिन्दी", "हिन्दी"),
        ("x" * 64, "x" * 64),
    ],
)
def test_a_tag_is_letters_digits_and_marks_of_any_script(text: str, name: str) -> None:
    assert parse_tag_name(text, "stream") == name


@pytest.mark.parametrize("text", ["", "123", "_", "#fox", "two words", "a-b", "x" * 65, "🦊"])
def test_nothing_else_is_one(text: str) -> None:
    with pytest.raises(InvalidArgument) as refused:
        parse_tag_name(text, "stream")
    assert refused.value.violations[0].field == "stream"
