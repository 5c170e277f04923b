"""The pages of an archive that a person opens in a browser: no server, and no scripts."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

from kanvas.feed.v1.records_pb2 import Post, Visibility
from kanvas.graph.v1.records_pb2 import Account
from kanvas.media.v1.picture_pb2 import Picture

_ENDINGS: Final = {"image/webp": "webp", "image/png": "png"}

_STYLE: Final = (
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "figure{margin:0 0 3rem}img{max-width:100%;height:auto}"
    "figcaption,dd{white-space:pre-line;overflow-wrap:anywhere}dt{font-weight:600}"
)

FILES: Final = (
    ("profile.json", "your profile", "kanvas.graph.v1.Account"),
    ("posts/", "your posts, 100 to a file, the newest first", "kanvas.timeline.v1.PostView"),
    ("pictures/", "the pictures of your posts and jobs, named by their SHA-256", ""),
    ("jobs/", "what you had painted, 100 to a file", "kanvas.images.v1.Job"),
    ("follows.json", "whom you follow: id, handle, and the position since when", ""),
    ("blocks.json", "whom you block: id and handle", ""),
    ("likes.json", "the posts that you like", "kanvas.timeline.v1.Like"),
    ("sessions.json", "where you are signed in", "kanvas.graph.v1.Session"),
    ("export.json", "when this archive was made, what it counts, what is missing", ""),
)
"""Each file or folder of an archive, what it holds, and the message that each of its items is."""


def picture_path(picture: Picture) -> str:
    """Return where in an archive a picture lies."""
    return f"pictures/{picture.sha256}.{_ENDINGS.get(picture.media_type, 'webp')}"


def index_page(account: Account, made_at: str, posts_pages: Sequence[str]) -> bytes:
    """Return the page that one opens first.

    Args:
        account: Whose archive it is.
        made_at: When it was made, in RFC 3339.
        posts_pages: Paths of the pages of posts.
    """
    links = "".join(
        f'<li><a href="{path}">Posts, page {number}</a></li>'
        for number, path in enumerate(posts_pages, start=1)
    )
    files = "".join(
        f"<dt>{escape(path)}</dt><dd>{escape(about)}{_of(message)}</dd>"
        for path, about, message in FILES
    )
    body = (
        f"<h1>@{escape(account.handle)}</h1><p>{escape(account.display_name)}</p>"
        f"<p>What Kanvas keeps of you, as of {escape(made_at)}.</p>"
        f"<h2>To look at</h2><ul>{links or '<li>No posts.</li>'}</ul>"
        f"<h2>For programs</h2><p>JSON in UTF-8: messages of the contracts as ProtoJSON, with the "
        f"names of fields as they stand in the contract. Times are RFC 3339 in UTC; positions and "
        f"other long numbers are strings.</p><dl>{files}</dl>"
    )
    return _page(f"@{account.handle} on Kanvas", body)


def posts_page(posts: Iterable[Post], number: int, *, missing: frozenset[str]) -> bytes:
    """Return a page of posts with their pictures.

    Args:
        posts: In their order.
        number: Of the page, from 1.
        missing: Paths of pictures that the archive does not have.
    """
    figures = "".join(_figure(post, missing) for post in posts)
    body = f'<p><a href="../index.html">Back</a></p><h1>Posts, page {number}</h1>{figures}'
    return _page(f"Posts, page {number}", body)


def _figure(post: Post, missing: frozenset[str]) -> str:
    path, provenance = picture_path(post.picture), post.picture.provenance
    image = (
        "<p>The picture was not there any more.</p>"
        if path in missing
        else f'<img src="../{path}" alt="{escape(post.alt_text)}" loading="lazy" '
        f'width="{post.picture.width}" height="{post.picture.height}">'
    )
    lines = (
        post.caption,
        f"Words: {post.prompt}",
        f"Painted by {provenance.model} {provenance.model_version}, seed {provenance.seed}. "
        f"{provenance.statement}",
        f"{post.created_at.ToJsonString()}, {_audience(post.visibility)}",
    )
    caption = "".join(f"<p>{escape(line)}</p>" for line in lines if line)
    return f"<figure>{image}<figcaption>{caption}</figcaption></figure>"


def _audience(visibility: Visibility.ValueType) -> str:
    return "for everyone" if visibility == Visibility.VISIBILITY_PUBLIC else "for followers"


def _of(message: str) -> str:
    return f" (<code>{escape(message)}</code>)" if message else ""


def _page(title: str, body: str) -> bytes:
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style><body>{body}</body></html>\n"
    ).encode()
