"""The row of generations, as every `GenerationStore` keeps it; see `kanvas_timeline.ports`."""

from kanvas_timeline.domain.generations import Generations
from kanvas_timeline.ports import GenerationStore

SECONDS = 10.0
BEGUN = Generations().begun()


async def test_goes_from_step_to_step_for_one_who_knows_where_it_is(
    first: GenerationStore,
) -> None:
    assert await first.generations(timeout=SECONDS) is None
    await first.note(Generations(), timeout=SECONDS)
    assert await first.generations(timeout=SECONDS) == Generations()

    assert await first.change(Generations(), BEGUN, timeout=SECONDS)
    assert not await first.change(Generations(), Generations(serving=9), timeout=SECONDS)
    assert await first.generations(timeout=SECONDS) == BEGUN

    assert await first.change(BEGUN, BEGUN.switched(), timeout=SECONDS)
    await first.note(Generations(), timeout=SECONDS)  # it is there already
    assert await first.generations(timeout=SECONDS) == Generations(serving=2, retiring=1)
