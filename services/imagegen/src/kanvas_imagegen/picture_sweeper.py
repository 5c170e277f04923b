"""What the leader does with pictures that nothing names any more: it deletes their files.

A picture is used while a job names it or a post shows it. It is deleted once it was found unused
twice, with an hour (`KANVAS_SWEEP_SECONDS`) in between in which nobody has stored it. So a picture
that a worker has just stored, or that is just being published, is left alone.

That hour leaves one case: somebody stores the same picture anew in the moment in which it is
deleted. So the bytes are read before, and stored again should the picture be used after all; and a
worker looks, once its job is handed in, whether its picture is there (`Worker`).
"""

from collections.abc import Sequence
from contextlib import aclosing
from typing import Final

from kanvas_imagegen import metrics
from kanvas_imagegen.domain.state import Jobs
from kanvas_imagegen.ports import PictureStore, Posts, StoredPicture, StoreError
from kanvas_platform.backoff import Backoff
from kanvas_platform.clock import Clock
from kanvas_platform.errors import KanvasError
from kanvas_platform.kafka.service_log import Commands, FoldedLog
from kanvas_platform.observability import get_logger

PER_SECOND: Final = 200
"""Pictures of the store that are looked at in a second, at most."""

_BARRIER_SECONDS = 5.0

_log = get_logger(__name__)


class PictureSweeper:
    """Component that goes through the whole store, pauses, and begins again, while it leads.

    What it has found is in memory: whoever leads next begins anew, and deletes an hour later.

    Args:
        replica: The jobs.
        commands: Says whether this instance leads.
        store: The pictures.
        posts: The posts.
        clock: Time.
        seconds: How long a picture must be unused; the pause between two passes, too.
        most: How many unused pictures it remembers, and so deletes in a pass. Should an error let
            everything seem unused, so few are lost in each pass until somebody sees it.
    """

    name = "picture-sweeper"

    def __init__(
        self,
        *,
        replica: FoldedLog[Jobs],
        commands: Commands,
        store: PictureStore,
        posts: Posts,
        clock: Clock,
        seconds: float,
        most: int,
    ) -> None:
        self._replica = replica
        self._commands = commands
        self._store = store
        self._posts = posts
        self._clock = clock
        self._seconds = seconds
        self._most = most
        # What the last pass found unused. A pass begins so long after the last one has ended, so
        # what both find was unused for that long. What is stored in between has another time.
        self._found: set[StoredPicture] = set()

    async def run(self) -> None:
        """Sweep until canceled."""
        while True:
            if self._commands.leads:
                try:
                    await self._pass()
                except (KanvasError, StoreError) as error:
                    metrics.sweeps_failed.inc()
                    _log.warning("pictures not swept", reason=repr(error))
            else:
                self._found.clear()
            await self._clock.sleep(self._seconds)

    async def _pass(self) -> None:
        seen: set[StoredPicture] = set()
        swept = looked_at = 0
        async with aclosing(self._store.pages()) as pages:
            async for page in pages:
                if not self._commands.leads:
                    return
                for picture in await self._unused_of(page):
                    swept += await self._meet(picture)
                    seen.add(picture)
                looked_at += len(page)
                await self._clock.sleep(len(page) / PER_SECOND)
        self._found &= seen
        unused = len(self._found)
        metrics.pictures_unused.set(unused)
        _log.info("pictures looked at", pictures=looked_at, swept=swept, unused=unused)

    async def _unused_of(self, page: Sequence[StoredPicture]) -> list[StoredPicture]:
        """Return the pictures of a page that are unused, and forget that the others were."""
        names = await self._unused([picture.sha256 for picture in page])
        self._found -= {picture for picture in page if picture.sha256 not in names}
        return [picture for picture in page if picture.sha256 in names]

    async def _meet(self, picture: StoredPicture) -> bool:
        """Delete an unused picture that was found before, or note it; return whether it is gone."""
        if picture in self._found:
            gone = await self._delete(picture)
            self._found.remove(picture)
            return gone
        if len(self._found) < self._most:
            self._found.add(picture)
        return False

    async def _delete(self, picture: StoredPicture) -> bool:
        sha256, media_type = picture.sha256, picture.media_type
        if await self._store.find(sha256, media_type) != picture:
            return False  # stored again since it was listed
        data = await self._store.read(sha256, media_type)
        await self._store.delete(sha256, media_type)
        if data is not None and not await self._is_unused_still(sha256):
            await self._put_back(data, media_type)
            return False
        metrics.pictures_swept.inc()
        return True

    async def _is_unused_still(self, sha256: str) -> bool:
        try:
            return sha256 in await self._unused([sha256])
        except KanvasError:
            return False  # nobody can tell: then it must not be lost

    async def _put_back(self, data: bytes, media_type: str) -> None:
        backoff = Backoff(self._clock)
        while True:
            try:
                await self._store.put(data, media_type)
            except StoreError:
                # Nowhere else are the bytes now: nothing else is worth doing.
                _log.warning("a picture is not stored again yet")
                await backoff.pause()
            else:
                return

    async def _unused(self, sha256s: Sequence[str]) -> frozenset[str]:
        """Return which pictures no job names and no post shows.

        The jobs are asked first: a job names its picture for a day after a post shows it.
        """
        await self._replica.barrier(_BARRIER_SECONDS)
        state = self._replica.state
        unpainted = [sha256 for sha256 in sha256s if not state.is_painted(sha256)]
        return await self._posts.unshown(unpainted) if unpainted else frozenset()
