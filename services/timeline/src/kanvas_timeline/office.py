"""Whether this instance is in office, for components that act on it."""

import asyncio


class Office:
    """Whether this instance is in office, as the writer tells it; can be waited for."""

    def __init__(self) -> None:
        self._taken = asyncio.Event()
        self._lost = asyncio.Event()
        self._lost.set()

    @property
    def held(self) -> bool:
        """Whether this instance is in office."""
        return self._taken.is_set()

    def change(self, in_office: bool) -> None:
        """Takes note that office was taken or lost."""
        on, off = (self._taken, self._lost) if in_office else (self._lost, self._taken)
        on.set()
        off.clear()

    async def taken(self) -> None:
        """Returns while in office."""
        await self._taken.wait()

    async def lost(self) -> None:
        """Returns while not in office."""
        await self._lost.wait()
