"""A window of commands that is kept: the next one knows the same, and forgets in the same order."""

from kanvas.log.v1.record_pb2 import RecordMeta
from kanvas_platform.ids import new_id
from kanvas_platform.kafka.reading.window import CommandWindow
from kanvas_platform.kafka.store.space import Space

NOW = 1_800_000_000.0


def meta(number: int) -> RecordMeta:
    return RecordMeta(position=number, actor_id="ann", command_id=new_id(NOW + number))


def known(window: CommandWindow, metas: list[RecordMeta]) -> list[int]:
    """Return the positions of the commands that a window remembers."""
    found = (window.find("ann", each.command_id) for each in metas)
    return [each.positions["main"] for each in found if each is not None]


def test_what_leaves_a_window_is_not_kept() -> None:
    space = Space()
    window = CommandWindow("main", space=space, count=2)
    metas = [meta(number) for number in range(1, 5)]
    for each in metas[:3]:
        window.add("main", each)
    again = CommandWindow("main", space=space, count=2)
    again.restore(window.point)
    assert known(window, metas) == known(again, metas) == [2, 3]
    assert len(again) == 2
    assert again.floor == window.floor == NOW + 1
    again.add("main", metas[3])
    assert known(again, metas) == [3, 4]


def test_in_whatever_order_logs_are_read_what_is_forgotten_is_refused() -> None:
    """Instances read the records of two logs in different order, and so forget others first."""
    metas = [meta(number) for number in range(1, 21)]
    main, side = metas[::2], metas[1::2]
    for order in (metas, [*main, *side], [*side, *main]):
        window = CommandWindow("main", count=6)
        for each in order:
            window.add("main", each)
        assert len(window) == 6
        for each in metas:
            remembered = window.find("ann", each.command_id) is not None
            assert remembered or window.expired(each.command_id, NOW + 100)
