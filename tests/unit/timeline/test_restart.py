"""An instance starts again with what it kept: nobody who reads or writes notices."""

from kanvas_platform.kafka.store.space import Space
from kanvas_platform.testing.memory_store import MemoryStore
from kanvas_timeline.testing.make import FOLLOWERS
from kanvas_timeline.testing.world import World, ids


def test_pages_counts_and_refusals_are_what_they_were_without_any_views() -> None:
    store = MemoryStore()
    space = Space(store)
    before = World(space=space)
    ada, ben, cleo = (before.account(handle) for handle in ("ada", "ben", "cleo"))
    before.follow(ben, ada)
    before.block(cleo, ada)
    shown = before.post(ada, caption="A #fox.")
    hidden = before.post(ada, visibility=FOLLOWERS)
    gone = before.post(ada)
    before.like(ben, shown)
    before.delete(ada, gone)
    store.write(sorted(space.freeze().changes()))

    after = World(space=Space(store))
    after.store.down = True

    assert ids(before.home(ben)) == [hidden, shown]
    for reader in (ada, ben, cleo, None):
        assert after.everyone(reader).posts == before.everyone(reader).posts
        assert after.tagged("fox", reader).posts == before.tagged("fox", reader).posts
        assert after.user(ada, reader).posts == before.user(ada, reader).posts
    assert after.home(ben).posts == before.home(ben).posts
    assert after.state.copied == before.state.copied
    assert after.like(ben, shown) == 1, "one who likes it already changes nothing"
