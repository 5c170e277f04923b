"""The catalogue of topics says what the services write and read, and its page says the same."""

import inspect
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
from pydantic import ValidationError

from kanvas.feed.v1.records_pb2 import Post, Visibility
from kanvas.graph.v1.records_pb2 import (
    Account,
    Block,
    Export,
    Follow,
    GraphRecord,
    KeptHandle,
    Session,
    SessionEnded,
)
from kanvas.images.v1.records_pb2 import Job
from kanvas.log.v1.record_pb2 import Pass
from kanvas_gateway.domain import logs as gateway
from kanvas_imagegen.domain import logs as imagegen
from kanvas_local.services import SERVICES
from kanvas_local.topic_catalogue import PLATFORM, TopicCatalogue, topic_catalogue
from kanvas_local.topics_page import PAGE, page
from kanvas_platform.kafka.halting.passes import pass_record
from kanvas_platform.kafka.records import logs as platform
from kanvas_platform.kafka.records.logs import (
    RECORD_BYTES_MAX,
    RESUME_WINDOW_SECONDS,
    Draft,
    LogSpec,
)
from kanvas_platform.privacy import Class, class_of, fields_of, holds_secret
from kanvas_social_graph.domain import logs as graph
from kanvas_timeline.domain import logs as timeline

CATALOGUE = topic_catalogue()
LOGS = {
    "social-graph": graph,
    "timeline": timeline,
    "imagegen": imagegen,
    "gateway": gateway,
}
PEOPLE = {"operators", "training-teams"}

_ACCOUNT, _FOLLOW = Account(id="a1"), Follow(follower_id="a1", followee_id="a2")
_BLOCK = Block(blocker_id="a1", blocked_id="a2")
_ENDED = SessionEnded(id="s1", account_id="a1")

DRAFTS: dict[Callable[..., Draft], list[Callable[[], Draft]]] = {
    graph.account_draft: [lambda: graph.account_draft(_ACCOUNT)],
    graph.follow_draft: [lambda: graph.follow_draft("a1", "a2", active=True)],
    graph.block_draft: [lambda: graph.block_draft("a1", "a2", active=True)],
    graph.credentials_draft: [lambda: graph.credentials_draft("a1", "$argon2id$")],
    graph.erased_credentials_draft: [
        lambda: graph.erased_credentials_draft("a1", KeptHandle(digest=b"digest"))
    ],
    graph.session_draft: [lambda: graph.session_draft(Session(id="s1", account_id="a1"))],
    graph.export_draft: [lambda: graph.export_draft(Export(id="e1", account_id="a1"))],
    graph.session_ended_draft: [lambda: graph.session_ended_draft(_ENDED)],
    timeline.post_draft: [lambda: timeline.post_draft(Post(id="p1"))],
    timeline.removed_draft: [
        lambda: timeline.removed_draft("p1", "a1", Visibility.VISIBILITY_PUBLIC)
    ],
    timeline.copy_draft: [
        lambda: timeline.copy_draft(GraphRecord(account=_ACCOUNT), 1),
        lambda: timeline.copy_draft(GraphRecord(follow=_FOLLOW), 1),
        lambda: timeline.copy_draft(GraphRecord(block=_BLOCK), 1),
        lambda: timeline.copy_draft(GraphRecord(session_ended=_ENDED), 1),
    ],
    timeline.followed_draft: [lambda: timeline.followed_draft("n1", "a2", "a1", 1)],
    timeline.consented_draft: [lambda: timeline.consented_draft(Post(id="p1"))],
    timeline.withdrawn_draft: [lambda: timeline.withdrawn_draft("p1", 1_790_000_000.0)],
    timeline.reaction_draft: [
        lambda: timeline.reaction_draft("p1", "a1", liked=True, like_count=1)
    ],
    imagegen.job_draft: [lambda: imagegen.job_draft(Job(id="j1"))],
}


def specs_of(module: ModuleType) -> Iterator[LogSpec]:
    """Yield every log that a module names, alone or in a tuple."""
    for _, value in inspect.getmembers(module):
        values = value if isinstance(value, tuple) else (value,)
        yield from (each for each in values if isinstance(each, LogSpec))


def test_the_page_is_what_the_catalogue_says() -> None:
    assert PAGE.read_text() == page(), "run `make proto`"


@pytest.mark.parametrize("service", LOGS)
def test_a_service_names_the_logs_that_the_catalogue_lets_it_read(service: str) -> None:
    named = {spec.topic for spec in specs_of(LOGS[service])}
    allowed = {
        name
        for name, topic in CATALOGUE.topics.items()
        if service in topic.readers and topic.owner != PLATFORM
    }
    assert named == allowed
    # Operators let the service go past records of these.
    assert {spec.topic for spec in LOGS[service].READ} == allowed


@pytest.mark.parametrize("service", LOGS)
def test_logs_are_described_as_the_catalogue_describes_them(service: str) -> None:
    for spec in specs_of(LOGS[service]):
        topic = CATALOGUE.topics[spec.topic]
        assert spec.record_type is topic.record_type
        assert spec.source == f"/kanvas/{topic.owner}/{spec.topic}"


def test_every_topic_is_owned_by_a_service_or_is_the_platforms() -> None:
    owned = {name for name, topic in CATALOGUE.topics.items() if topic.owner in SERVICES}
    constants = {value for name, value in inspect.getmembers(platform) if name.endswith("_TOPIC")}
    assert set(CATALOGUE.topics) - owned == constants
    assert {CATALOGUE.topics[name].owner for name in constants} == {PLATFORM}


def test_writers_and_readers_are_services_or_people() -> None:
    for topic in CATALOGUE.topics.values():
        assert {*topic.writers, *topic.readers} <= {*SERVICES, *PEOPLE}


@pytest.mark.parametrize("draft", DRAFTS, ids=lambda draft: draft.__name__)
def test_a_draft_has_the_key_and_the_type_of_the_catalogue(draft: Callable[..., Draft]) -> None:
    for make in DRAFTS[draft]:
        made = make()
        assert made.key == CATALOGUE.topics[made.log.topic].key_of(made.type, made.record)


def test_a_pass_has_the_key_of_the_catalogue() -> None:
    given = Pass(topic="kanvas.graph.v1", through_offset=1)
    record = pass_record(given)
    event = dict(record.headers)["ce_type"].decode()
    assert record.key.decode() == CATALOGUE.topics[record.topic].key_of(event, given)


def test_no_draft_is_left_out() -> None:
    defined = {
        value
        for module in LOGS.values()
        for _, value in inspect.getmembers(module, inspect.isfunction)
        if inspect.signature(value).return_annotation is Draft
    }
    assert defined == set(DRAFTS)
    owned = [topic for topic in CATALOGUE.topics.values() if topic.owner != PLATFORM]
    listed = {event for topic in owned for event in topic.keys}
    assert {make().type for makes in DRAFTS.values() for make in makes} == listed


@pytest.mark.parametrize("name", CATALOGUE.logs)
def test_every_field_of_a_record_has_a_class(name: str) -> None:
    fields = fields_of(CATALOGUE.topics[name].record_type)
    unsaid = [field.full_name for field in fields if class_of(field) == Class.CLASS_UNSPECIFIED]
    assert unsaid == []


def test_a_secret_is_read_by_its_owner_alone() -> None:
    secret = [name for name in CATALOGUE.logs if holds_secret(CATALOGUE.topics[name].record_type)]
    assert "kanvas.credentials.v1" in secret
    for name in secret:
        topic = CATALOGUE.topics[name]
        assert topic.readers == (topic.owner,)


@pytest.mark.parametrize("name", CATALOGUE.logs)
def test_a_key_holds_ids_only(name: str) -> None:
    """Keys are read by everyone who lists a topic, and outlive what they name."""
    topic = CATALOGUE.topics[name]
    fields = topic.key_fields()
    assert fields
    for path, field in fields:
        is_id = field.name == "id" or field.name.endswith("_id")
        says_nothing = topic.owner == PLATFORM and class_of(field) == Class.CLASS_PUBLIC
        assert is_id or says_nothing, path


def test_retention_is_what_the_platform_counts_on() -> None:
    compacted = CATALOGUE.retentions["compacted"].settings
    assert compacted["min.compaction.lag.ms"] == RESUME_WINDOW_SECONDS * 1000
    assert int(compacted["max.message.bytes"]) > RECORD_BYTES_MAX
    assert CATALOGUE.retentions["expiring"].settings["cleanup.policy"] == "delete"


def test_logs_have_one_partition_and_are_compacted() -> None:
    for name in CATALOGUE.logs:
        assert CATALOGUE.topics[name].partitions == 1
        assert CATALOGUE.topics[name].retention == "compacted"


def test_a_deployment_changes_replicas_only() -> None:
    local, production = (CATALOGUE.shapes(name) for name in ("local", "production"))
    for name in CATALOGUE.topics:
        differing = {
            key
            for key, value in local[name].settings.items()
            if production[name].settings[key] != value
        }
        assert differing == {"min.insync.replicas"}
        assert production[name].replicas > int(production[name].settings["min.insync.replicas"])


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"retention": "for ever"}, "unknown retention"),
        ({"writers": ["social-graph", "gateway"]}, "its owner only"),
        ({"reader": ["gateway"]}, "Extra inputs"),
    ],
)
def test_a_catalogue_that_contradicts_itself_is_refused(
    change: dict[str, Any], complaint: str
) -> None:
    said = CATALOGUE.model_dump()
    said["topics"]["kanvas.graph.v1"].update(change)
    with pytest.raises(ValidationError, match=complaint):
        TopicCatalogue.model_validate(said)
