"""How viewers stand to authors."""

from kanvas_gateway.domain.audience import AudienceIndex
from kanvas_gateway.domain.rules import Relation, relation_to


def test_how_a_viewer_stands_to_an_author() -> None:
    index: AudienceIndex[str] = AudienceIndex()
    ana = index.add("ana")
    index.install(ana, ["ben", "cleo"], ["cleo", "dora"], 1)
    assert relation_to(ana, "ana", index) is Relation.FOLLOWER
    assert relation_to(ana, "ben", index) is Relation.FOLLOWER
    assert relation_to(ana, "cleo", index) is Relation.HIDDEN
    assert relation_to(ana, "dora", index) is Relation.HIDDEN
    assert relation_to(ana, "emil", index) is Relation.OTHER
    assert relation_to(None, "ben", index) is Relation.OTHER
