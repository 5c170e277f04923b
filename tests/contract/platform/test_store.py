"""A space is a mapping with ordered groups, whatever lies below it and whenever layers move."""

from collections.abc import Callable
from contextlib import suppress
from itertools import islice
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kanvas_platform.kafka.store.codecs import NUMBER, TEXT
from kanvas_platform.kafka.store.space import KEY_BYTES_MAX, Space, Store
from kanvas_platform.kafka.store.tables import Count, Index, Map, Order, Table

MakeStore = Callable[[], Store]

names = st.sampled_from(["ann", "bob"])
numbers = st.integers(0, 7)
steps = st.one_of(
    st.tuples(st.just("set"), names, numbers),
    st.tuples(st.just("delete"), names, st.just(0)),
    st.tuples(st.just("add"), names, numbers),
    st.tuples(st.just("remove"), names, numbers),
    st.tuples(st.just("half"), names, numbers),
    st.tuples(st.sampled_from(["freeze", "settle", "overlay"]), st.just(""), st.just(0)),
)


class View:
    """A table, a count and an index in one space; a map and an order that are told the same."""

    def __init__(self, space: Space) -> None:
        self.space = space
        self.table: Table[str, int] = Table(space, b"t", TEXT, NUMBER)
        self.count = Count(space, b"c")
        self.index: Index[str, int, str] = Index(space, b"i", TEXT, NUMBER, TEXT)
        self.map: Map[str, int] = Map(space, b"m", TEXT, NUMBER)
        self.order: Order[str, int, str] = Order(space, b"o", TEXT, NUMBER, TEXT)

    def overlay(self) -> "View":
        return View(self.space.overlay())

    def change(self, step: str, name: str, number: int) -> None:
        match step:
            case "set":
                self.table[name] = self.map[name] = number
            case "delete":
                self.table.discard(name)
                self.map.discard(name)
            case "add":
                self.index.add(name, number, f"member {number}")
                self.order.add(name, number, f"member {number}")
                self.count.add(number)
            case "remove":
                self.index.remove(name, number)
                self.order.remove(name, number)

    def seen(self) -> Any:
        """Return all that can be read, by each way there is."""
        for name in ("ann", "bob"):
            assert (self.map.get(name), name in self.map) == (
                self.table.get(name),
                name in self.table,
            )
            assert list(self.order.descending(name)) == list(self.index.descending(name))
            for number in range(8):
                found = self.index.get(name, number)
                assert self.order.get(name, number) == found
                assert self.order.has(name, number) == (found is not None)
        return (
            {name: (self.table.get(name), name in self.table) for name in ("ann", "bob")},
            len(self.table),
            self.count.number,
            {
                name: (
                    self.index.count(name),
                    [self.index.get(name, number) for number in range(8)],
                    list(self.index.descending(name)),
                    [list(self.index.descending(name, before)) for before in (0, 3, 8)],
                )
                for name in ("ann", "bob")
            },
        )


class Model:
    """The same with two dictionaries and a number."""

    def __init__(self) -> None:
        self.table: dict[str, int] = {}
        self.count = 0
        self.index: dict[str, dict[int, str]] = {"ann": {}, "bob": {}}

    def change(self, step: str, name: str, number: int) -> None:
        match step:
            case "set":
                self.table[name] = number
            case "delete":
                self.table.pop(name, None)
            case "add":
                self.index[name][number] = f"member {number}"
                self.count += number
            case "remove":
                self.index[name].pop(number, None)

    def seen(self) -> Any:
        ranked = {name: sorted(self.index[name].items(), reverse=True) for name in self.index}
        return (
            {name: (self.table.get(name), name in self.table) for name in ("ann", "bob")},
            len(self.table),
            self.count,
            {
                name: (
                    len(members),
                    [dict(members).get(number) for number in range(8)],
                    members,
                    [[m for m in members if m[0] < before] for before in (0, 3, 8)],
                )
                for name, members in ranked.items()
            },
        )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(story=st.lists(steps, max_size=25))
def test_layers_that_move_are_never_seen(
    make_store: MakeStore, story: list[tuple[str, str, int]]
) -> None:
    store = make_store()
    view, model = View(Space(store)), Model()
    frozen = None
    for step, name, number in story:
        if step == "freeze" and frozen is None:
            frozen = view.space.freeze()
        elif step == "settle" and frozen is not None:
            store.write(sorted(frozen.changes()))
            view.space.settle()
            frozen = None
        elif step == "half":
            with suppress(ZeroDivisionError), view.space.whole():
                for change in ("set", "add", "remove", "add", "delete"):
                    view.change(change, name, number)
                raise ZeroDivisionError
        elif step == "overlay":
            # A batch is open: what it changes reaches nobody, and it reads on while layers move.
            batch = view.overlay()
            batch.change("set", "ann", 99)
            batch.change("remove", "bob", 3)
            if frozen is None:
                frozen = view.space.freeze()
            store.write(sorted(frozen.changes()))
            view.space.settle()
            frozen = None
            assert batch.table["ann"] == 99
            assert [n for n, _ in batch.index.descending("bob")] == [
                n for n in sorted(model.index["bob"], reverse=True) if n != 3
            ]
        else:
            view.change(step, name, number)
            model.change(step, name, number)
        assert view.seen() == model.seen()
    if frozen is not None:
        store.write(sorted(frozen.changes()))
        view.space.settle()
    store.write(sorted(view.space.freeze().changes()))
    view.space.settle()
    assert View(Space(store)).seen() == model.seen(), "what was written is read by the next process"


def test_a_group_of_many_is_read_in_order_to_its_end(make_store: MakeStore) -> None:
    store = make_store()
    view = View(Space(store))
    for number in range(2000):
        view.index.add("ann", number * 3, str(number))
        view.index.add("bob", number, "of another group")
    store.write(sorted(view.space.freeze().changes()))
    view.space.settle()
    for number in range(0, 2000, 2):
        view.index.remove("ann", number * 3)
    found = [rank for rank, _ in view.index.descending("ann", 5000)]
    assert found == [n * 3 for n in range(1999, -1, -1) if n % 2 and n * 3 < 5000]
    assert list(islice(view.index.descending("ann"), 2)) == [(5997, "1999"), (5991, "1997")]
    assert view.index.count("ann") == 1000


def test_a_write_is_whole_or_not_there(make_store: MakeStore) -> None:
    store = make_store()
    store.write([(b"a", b"1")])

    def changes() -> Any:
        yield b"a", b"2"
        yield b"b", b"2"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        store.write(changes())
    assert (store.get(b"a"), store.get(b"b")) == (b"1", None)


def test_a_store_grows_by_what_is_written(make_store: MakeStore) -> None:
    store = make_store()
    before = store.size
    store.write((b"k%04d" % number, bytes(100)) for number in range(1000))
    assert store.size - before >= 100_000


def test_the_longest_key_can_be_written_and_a_longer_one_is_refused(make_store: MakeStore) -> None:
    store = make_store()
    space = Space(store)
    longest = b"k" * KEY_BYTES_MAX
    space.set(longest, b"")
    with pytest.raises(ValueError, match="too long"):
        space.set(longest, b"", rank=b"r")
    store.write(sorted(space.freeze().changes()))
    space.settle()
    assert space.get(longest) == b""
    space.delete(longest)
    assert space.get(longest) is None
    # Somebody asks for a name that nobody can have.
    assert space.get(longest + b"k") is None
    assert store.condemned is None


def test_one_layer_at_a_time_is_written() -> None:
    space = Space()
    with pytest.raises(RuntimeError, match="no layer is frozen"):
        space.settle()
    space.freeze()
    with pytest.raises(RuntimeError, match="not written yet"):
        space.freeze()


def test_what_is_missing_is_missing(make_store: MakeStore) -> None:
    view = View(Space(make_store()))
    with pytest.raises(KeyError):
        view.table["ann"]
    with pytest.raises(KeyError):
        del view.table["ann"]
    assert view.table.get("ann", -1) == -1
    assert list(view.index.descending("ann")) == []


def test_what_is_not_there_is_not_found_and_cannot_be_deleted(make_store: MakeStore) -> None:
    view = View(Space(make_store()))
    for mapping in (view.map, view.table):
        with pytest.raises(KeyError):
            mapping["ann"]
        mapping.discard("ann")
    with pytest.raises(KeyError):
        del view.table["ann"]
    assert len(view.table) == 0


def test_what_is_deleted_takes_no_memory_where_nothing_is_below() -> None:
    space = Space()
    view = View(space)
    with suppress(ZeroDivisionError), space.whole():
        view.change("add", "ann", 1)
        view.change("set", "ann", 1)
        view.order.remove("ann", 1)
        view.map.discard("ann")
        raise ZeroDivisionError
    assert space.unwritten.size == 0
    view.order.add("ann", 1, "one")
    view.order.add("ann", 2, "two")
    with suppress(ZeroDivisionError), space.whole():
        view.order.remove("ann", 1)
        view.order.remove("ann", 2)
        raise ZeroDivisionError
    assert list(view.order.descending("ann")) == [(2, "two"), (1, "one")]
    view.order.remove("ann", 1)
    view.order.remove("ann", 2)
    assert (len(space.unwritten), space.unwritten.size) == (0, 0)
