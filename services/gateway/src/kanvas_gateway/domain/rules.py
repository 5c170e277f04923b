"""May this reader see this entry? One set of rules, for live passes, replays and the oracle.

The rules look at the reader's sets as they are when the event is sent, never as they were when it
was made: a block hides what came before it too, and home is what you follow *now*.
"""

from kanvas_gateway.domain.audience import AudienceIndex, Reader
from kanvas_gateway.domain.ring import Entry
from kanvas_gateway.domain.session import FeedStream


def frame_for(
    entry: Entry, stream: FeedStream, reader: Reader | None, index: AudienceIndex
) -> bytes:
    """Return the frame of the entry that goes to the reader on the stream; empty for none.

    Args:
        entry: From the ring.
        stream: Which.
        reader: Whose sets apply; None for a socket that has not authenticated. Home has one.
        index: Where the reader's follows are looked up.
    """
    if reader is None:
        return entry.world if stream == "global" else b""
    if entry.directed:
        return _directed(entry, stream, reader)
    frame = entry.world if stream == "global" else entry.home
    if not frame or entry.author_id in reader.hidden:
        return b""
    if stream == "global" or entry.author_id == reader.account_id:
        return frame
    return frame if index.follows(reader, entry.author_id) else b""


def _directed(entry: Entry, stream: FeedStream, reader: Reader) -> bytes:
    for one in entry.directed:
        if one.account_id == reader.account_id:
            if one.unless_hidden and one.about_id in reader.hidden:
                return b""
            return one.world if stream == "global" else one.home
    return b""
