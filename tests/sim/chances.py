"""What goes wrong in a simulation, by dice that a seed decides."""

import random
from collections import Counter
from dataclasses import dataclass, field


@dataclass(kw_only=True)
class Chances:
    """The dice of one run; a simulation adds the probabilities of its mishaps.

    Attributes:
        seed: The same seed, the same mishaps.
        dice: What throws them.
        active: Whether anything goes wrong at present.
        happened: How often each mishap struck.
    """

    seed: int
    dice: random.Random = field(init=False)
    active: bool = True
    happened: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)

    def strikes(self, what: str, probability: float) -> bool:
        """Return whether a mishap happens now, and count it if so."""
        if not self.active or self.dice.random() >= probability:
            return False
        self.happened[what] += 1
        return True
