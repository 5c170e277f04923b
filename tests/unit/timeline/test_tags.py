"""What in a caption is a tag, and which spellings are the same tag."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanvas_timeline.domain.contents import CAPTION_MAX
from kanvas_timeline.domain.tags import TAG_NAME_MAX, TAGS_MAX, tag_name, tags_of


def names(caption: str) -> list[str]:
    return [tag.name for tag in tags_of(caption)]


def written(caption: str) -> list[str]:
    return [caption[tag.start : tag.end] for tag in tags_of(caption)]


@pytest.mark.parametrize(
    ("caption", "expected"),
    [
        ("A fox. #seni", ["seni"]),
        ("#Seni and #SENI", ["seni", "seni"]),
        ("(#fox), #snow!", ["fox", "snow"]),
        ("#日本の雪、#猫", ["日本の雪", "猫"]),
        ("#हिन्दी #ภาษาไทย #العَرَبِيَّة", ["हिन्दी", "ภาษาไทย", "العَرَبِيَّة"]),
        ("#می\u200cخواهم", ["میخواهم"]),
        ("＃ネコ", ["ネコ"]),
        ("#digital_art #_x", ["digital_art", "_x"]),
        ("#2026goals #4k", ["2026goals", "4k"]),
        ("#Straße", ["strasse"]),
        ("#snow❄️", ["snow"]),
        ("one\n#two\n#three", ["two", "three"]),
    ],
)
def test_letters_digits_and_marks_of_any_script(caption: str, expected: list[str]) -> None:
    assert names(caption) == expected


@pytest.mark.parametrize(
    "caption",
    [
        "",
        "seni",
        "#",
        "# seni",
        "We are #1, of #2026",
        "#١٢٣",
        "#_",
        "#️⃣",
        "C#sharp",
        "https://kanvas.example/#fox",
        "?a=#fox&#fox;",
        "##fox",
        "#ㅤ",
        "#½cup",
    ],
)
def test_no_tags(caption: str) -> None:
    assert names(caption) == []


def test_the_place_of_a_tag_is_counted_in_characters() -> None:
    assert written("🦊🦊 #Fox, ＃ネコ #日本") == ["#Fox", "＃ネコ", "#日本"]


def test_at_most_thirty() -> None:
    caption = " ".join(f"#tag{number}" for number in range(TAGS_MAX + 5))

    assert names(caption) == [f"tag{number}" for number in range(TAGS_MAX)]


def test_a_longer_name_is_none() -> None:
    assert names("#" + "a" * TAG_NAME_MAX) == ["a" * TAG_NAME_MAX]
    assert names("#" + "a" * (TAG_NAME_MAX + 1)) == []
    # The ligature becomes three letters.
    assert tag_name("ﬃ" * TAG_NAME_MAX) is None


def test_a_spelling_that_no_caption_has_room_for_is_none() -> None:
    """It is refused before it is folded: 8 KiB of marks, as an address may have, take 60 ms."""
    unseen = "\u200d" * (CAPTION_MAX - len("seni"))
    assert tag_name("seni" + unseen) == "seni"
    assert tag_name("seni" + unseen + "\u200d") is None


@pytest.mark.parametrize("text", ["", "a b", "#a", "a-b", "12", "a.b", "ﷺ"])
def test_what_is_no_name(text: str) -> None:
    assert tag_name(text) is None


@given(st.text(alphabet="#＃aAßσΣéé🦊 _1/½ﬃ\u200d\u3164", max_size=60))
def test_every_tag_is_written_where_it_says(caption: str) -> None:
    for tag in tags_of(caption):
        assert caption[tag.start] in "#＃"
        assert tag_name(caption[tag.start + 1 : tag.end]) == tag.name
        assert tag_name(tag.name) == tag.name
