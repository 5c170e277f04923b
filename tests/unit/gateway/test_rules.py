"""How viewers stand to authors."""

from kanvas_gateway.domain.audience import AudienceIndex
from kanvas_gateway.domain.rules import Standing, standing


def test_how_a_viewer_stands_to_an_author() -> None:
    index: AudienceIndex[str] = AudienceIndex()
    ana = index.add("ana")
    index.install(ana, ["ben", "cleo"], ["cleo", "dora"], 1)
    assert standing(ana, "ana", index) is Standing.FOLLOWER
    assert standing(ana, "ben", index) is Standing.FOLLOWER
    assert standing(ana, "cleo", index) is Standing.HIDDEN
    assert standing(ana, "dora", index) is Standing.HIDDEN
    assert standing(ana, "emil", index) is Standing.OTHER
    assert standing(None, "ben", index) is Standing.OTHER
