"""Generations of the views: which set of tables serves, and which one is being made or taken away.

A rebuild moves one step at a time, each of them a change of one row under a condition, so that
it can be ended at any moment and begun again: idle, clearing what may lie where the next one is to
be made, building, retiring what served before, idle.
"""

from typing import NamedTuple

FIRST = 1
"""The generation that lies in the keyspace of the settings, together with the row that tells."""


class Generations(NamedTuple):
    """Which generations there are, by number; 0 for none.

    Attributes:
        serving: Reads are answered from it.
        building: A rebuild writes it beside the one that serves.
        retiring: It is still to be taken away: it served before, or lies where the next one is to
            be made.
    """

    serving: int = FIRST
    building: int = 0
    retiring: int = 0

    @property
    def clearing(self) -> bool:
        """Whether what retires never served, but is in the way of the next one."""
        return self.retiring > self.serving

    def cleared(self) -> "Generations":
        """Return what is the case while the place of the next one is cleared."""
        return Generations(serving=self.serving, retiring=self.serving + 1)

    def begun(self) -> "Generations":
        """Return what is the case once a rebuild has begun."""
        return Generations(serving=self.serving, building=self.serving + 1)

    def switched(self) -> "Generations":
        """Return what is the case once the generation that was built serves."""
        return Generations(serving=self.building, retiring=self.serving)

    def settled(self) -> "Generations":
        """Return what is the case once nothing but the serving generation is left."""
        return Generations(serving=self.serving)


def keyspace_of(home: str, generation: int) -> str:
    """Return the keyspace of a generation; `home` is that of the settings."""
    return home if generation == FIRST else f"{home}_{generation}"
