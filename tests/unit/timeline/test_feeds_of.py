"""In which feeds a post stands."""

from kanvas.feed.v1.records_pb2 import Author, Post, Tag
from kanvas_timeline.domain.feeds import AuthorFeeds, author_feed, feeds_of
from kanvas_timeline.testing.make import FOLLOWERS, PUBLIC

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


def test_the_feeds_of_many_authors_are_a_set_of_names() -> None:
    feeds = AuthorFeeds({"ada", "bob"})
    assert {*feeds} == {author_feed("ada"), author_feed("bob")}
    assert len(feeds) == 2
    assert author_feed("ada") in feeds
    for other in (author_feed("eve"), "public", "ada", "tag:ada", 7):
        assert other not in feeds
