import pytest
from pydantic import ValidationError

from kanvas_platform.settings import ServiceSettings, parse_address, parse_addresses

ENVIRONMENT = {
    "KANVAS_INSTANCE": "timeline-1",
    "KANVAS_GRPC_LISTEN": "127.0.0.1:8108",
    "KANVAS_OPS_LISTEN": "127.0.0.1:8109",
    "KANVAS_KAFKA": "127.0.0.1:8090,127.0.0.1:8091",
}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_settings_come_from_the_environment() -> None:
    settings = ServiceSettings()
    assert settings.instance == "timeline-1"
    assert settings.kafka == "127.0.0.1:8090,127.0.0.1:8091"
    assert settings.grpc_address == settings.grpc_listen


def test_others_may_know_an_instance_by_another_address(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("KANVAS_GRPC_ADVERTISE", "timeline-1.timeline:8108")
    assert ServiceSettings().grpc_address == "timeline-1.timeline:8108"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KANVAS_INSTANCE", ""),
        ("KANVAS_INSTANCE", "Timeline 1"),
        ("KANVAS_GRPC_LISTEN", "8108"),
        ("KANVAS_KAFKA", "127.0.0.1:8090,"),
        ("KANVAS_OPS_LISTEN", "127.0.0.1:70000"),
        ("KANVAS_LOG_LEVEL", "loud"),
        ("KANVAS_DRAIN_SECONDS", "-1"),
    ],
)
def test_what_is_malformed_is_named(environment: pytest.MonkeyPatch, name: str, value: str) -> None:
    environment.setenv(name, value)
    with pytest.raises(ValidationError, match=name.removeprefix("KANVAS_").lower()):
        ServiceSettings()


def test_what_is_missing_is_named(environment: pytest.MonkeyPatch) -> None:
    environment.delenv("KANVAS_KAFKA")
    with pytest.raises(ValidationError, match="kafka"):
        ServiceSettings()


def test_settings_never_change() -> None:
    with pytest.raises(ValidationError):
        ServiceSettings().instance = "other"  # type: ignore[misc]


def test_addresses() -> None:
    assert parse_address("[::1]:80") == ("::1", 80)
    assert parse_addresses("a:1, b:2") == [("a", 1), ("b", 2)]
