"""Whether this instance leads, for components that act on it."""

import asyncio


class Leadership:
    """Whether this instance leads, as the writer tells it; can be waited for."""

    def __init__(self) -> None:
        self._taken = asyncio.Event()
        self._lost = asyncio.Event()
        self._lost.set()

    @property
    def held(self) -> bool:
        """Whether this instance leads."""
        return self._taken.is_set()

    def change(self, leads: bool) -> None:
        """Take note that leadership was taken or lost."""
        on, off = (self._taken, self._lost) if leads else (self._lost, self._taken)
        on.set()
        off.clear()

    async def taken(self) -> None:
        """Return while this instance leads."""
        await self._taken.wait()

    async def lost(self) -> None:
        """Return while this instance does not lead."""
        await self._lost.wait()
