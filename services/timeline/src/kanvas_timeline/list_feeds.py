"""Feeds in pages: each is names of feeds and a rule, for the same `gather`."""

from dataclasses import dataclass
from functools import partial

from kanvas.timeline.v1.service_pb2 import PostView
from kanvas_platform.cursor import encode_cursor
from kanvas_platform.errors import InvalidArgument, Violation
from kanvas_platform.ids import parse_id
from kanvas_platform.validation import Violations
from kanvas_timeline.domain.feeds import PUBLIC, AuthorFeeds, author_feed, tag_feed
from kanvas_timeline.domain.rules import hidden, hidden_at_home
from kanvas_timeline.domain.tags import tag_name
from kanvas_timeline.errors import AccountUnknown
from kanvas_timeline.reading.gather import NEWEST, Feed, gather
from kanvas_timeline.reading.present import present
from kanvas_timeline.reading.sources import Deadline, Sources, open_read

PAGE_SIZE_DEFAULT = 30
PAGE_SIZE_MAX = 100


@dataclass(frozen=True)
class PageRequest:
    """Which page of a feed; every feed takes the same.

    Attributes:
        page_size: 1 to 100; 0 for 30.
        cursor: `next_cursor` of the page before; empty for the newest posts.
        at_least: Position that the answer must include; 0 for none.
    """

    page_size: int
    cursor: str
    at_least: int


@dataclass(frozen=True)
class FeedPage:
    """A page of a feed.

    Attributes:
        posts: Newest first; may be fewer than asked for, with a cursor that goes on.
        next_cursor: Empty at the end.
        position: Position that was applied when the gathering began: whoever follows the log from
            there misses nothing.
    """

    posts: list[PostView]
    next_cursor: str
    position: int


async def list_home_feed(
    reader_id: str, request: PageRequest, *, sources: Sources, timeout: float
) -> FeedPage:
    """Return a page of posts by those whom the reader follows now, and by the reader.

    Raises:
        InvalidArgument: With every violation of the request.
        NotFresh: This instance cannot show that it is close to the end of the log.
        PositionNotReached: `at_least` was not applied in time.
        HistoryUnavailable: The views are needed, and cannot be read or are not whole.
    """
    page = _Page("home", request)
    deadline = sources.deadline(timeout)
    await open_read(sources, request.at_least, deadline)
    graph = sources.state.graph
    names = AuthorFeeds(graph.following(reader_id) | {reader_id})
    feed = Feed(names, partial(hidden_at_home, graph, reader_id))
    return await page.fill(sources, feed, reader_id, deadline)


async def list_user_feed(
    account_id: str,
    reader_id: str | None,
    request: PageRequest,
    *,
    sources: Sources,
    timeout: float,
) -> FeedPage:
    """Return a page of posts by one account.

    Raises:
        AccountUnknown: There is no such account, or it is gone.
        KanvasError: What `list_home_feed` raises.
    """
    account_id = parse_id(account_id, "account_id")
    page = _Page("user", request)
    deadline = sources.deadline(timeout)
    await open_read(sources, request.at_least, deadline)
    graph = sources.state.graph
    if account_id not in graph.accounts:
        await sources.replica.barrier(deadline.for_waiting())
    if account_id not in graph.accounts or account_id in graph.gone:
        raise AccountUnknown("There is no such account.")
    if reader_id is not None and graph.blocked_either_way(reader_id, account_id):
        return FeedPage(posts=[], next_cursor="", position=sources.replica.position)
    feed = Feed({author_feed(account_id)}, partial(hidden, graph, reader_id))
    return await page.fill(sources, feed, reader_id, deadline)


async def list_global_feed(
    reader_id: str | None, request: PageRequest, *, sources: Sources, timeout: float
) -> FeedPage:
    """Return a page of public posts by everyone.

    Raises:
        KanvasError: What `list_home_feed` raises.
    """
    page = _Page("global", request)
    deadline = sources.deadline(timeout)
    await open_read(sources, request.at_least, deadline)
    feed = Feed({PUBLIC}, partial(hidden, sources.state.graph, reader_id))
    return await page.fill(sources, feed, reader_id, deadline)


async def list_tag_feed(
    tag: str, reader_id: str | None, request: PageRequest, *, sources: Sources, timeout: float
) -> FeedPage:
    """Return a page of the public posts with a tag, however it is spelled.

    Raises:
        KanvasError: What `list_home_feed` raises; InvalidArgument also where no tag is spelled so.
    """
    name = tag_name(tag)
    if name is None:
        violation = Violation("tag", "Must be letters, digits and _, with a letter among them.")
        raise InvalidArgument("This is no tag.", violations=[violation])
    page = _Page("tag", request)
    deadline = sources.deadline(timeout)
    await open_read(sources, request.at_least, deadline)
    feed = Feed({tag_feed(name)}, partial(hidden, sources.state.graph, reader_id))
    return await page.fill(sources, feed, reader_id, deadline)


class _Page:
    """A checked request for a page.

    Raises:
        InvalidArgument: With every violation of the request.
    """

    def __init__(self, kind: str, request: PageRequest) -> None:
        violations = Violations()
        self._limit = violations.page_size(
            request.page_size, default=PAGE_SIZE_DEFAULT, most=PAGE_SIZE_MAX
        )
        before = violations.cursor(request.cursor, kind=kind)
        violations.raise_if_any()
        self._before = NEWEST if before is None else before
        self._kind = kind

    async def fill(
        self, sources: Sources, feed: Feed, reader_id: str | None, deadline: Deadline
    ) -> FeedPage:
        position = sources.replica.position
        if reader_id is not None:
            # The rules ask for each post whether a block hides it: these sets answer quickly.
            sources.state.graph.hidden_from(reader_id)
        gathered = await gather(
            sources, feed, before=self._before, limit=self._limit, deadline=deadline
        )
        state = sources.state
        next_before = gathered.next_before
        return FeedPage(
            posts=[present(state, reader_id, stored) for stored in gathered.posts],
            next_cursor=encode_cursor(next_before, kind=self._kind) if next_before else "",
            position=position,
        )
