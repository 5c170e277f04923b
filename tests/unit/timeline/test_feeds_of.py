"""In which feeds a post stands."""

import pytest

from kanvas.feed.v1.records_pb2 import Author, Post, Tag, Visibility
from kanvas_timeline.domain.feeds import (
    AuthorFeeds,
    author_feed,
    feeds_of,
    is_picture_feed,
    picture_feed,
)
from kanvas_timeline.testing.make import FOLLOWERS, PUBLIC, SHA256, picture

ADA = Author(id="ada")
TAGS = [Tag(name="fox"), Tag(name="雪"), Tag(name="fox")]


def test_a_public_post_stands_in_its_authors_feed_in_everyones_and_in_its_tags() -> None:
    post = Post(author=ADA, visibility=PUBLIC, tags=TAGS)
    assert feeds_of(post) == ("author:ada", "public", "tag:fox", "tag:雪")


def test_a_post_for_followers_stands_in_its_authors_feed_alone() -> None:
    assert feeds_of(Post(author=ADA, visibility=FOLLOWERS, tags=TAGS)) == ("author:ada",)


def test_so_does_one_with_a_visibility_of_a_later_version() -> None:
    post = Post(author=ADA, visibility=7, tags=TAGS)  # type: ignore[arg-type]
    assert feeds_of(post) == ("author:ada",)


@pytest.mark.parametrize("visibility", [PUBLIC, FOLLOWERS])
def test_every_post_stands_in_the_feed_of_its_picture(visibility: Visibility.ValueType) -> None:
    post = Post(author=ADA, visibility=visibility, picture=picture())
    assert picture_feed(SHA256) in feeds_of(post)
    assert [feed for feed in feeds_of(post) if is_picture_feed(feed)] == [f"picture:{'ab' * 32}"]


@pytest.mark.parametrize("sha256", ["", "fox", "AB" * 32, "ab" * 40_000])
def test_what_is_no_name_of_a_picture_names_no_feed(sha256: str) -> None:
    post = Post(author=ADA, visibility=FOLLOWERS, picture=picture(sha256))
    assert feeds_of(post) == ("author:ada",)


def test_the_feeds_of_many_authors_are_a_set_of_names() -> None:
    feeds = AuthorFeeds({"ada", "bob"})
    assert {*feeds} == {author_feed("ada"), author_feed("bob")}
    assert len(feeds) == 2
    assert author_feed("ada") in feeds
    for other in (author_feed("eve"), "public", "ada", "tag:ada", 7):
        assert other not in feeds
