"""In which order a gateway stops."""

from pathlib import Path

import pytest
from joserfc.jwk import OKPKey

from kanvas_gateway.bootstrap import build
from kanvas_gateway.settings import GatewaySettings


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GatewaySettings:
    """Return settings with which nothing can be reached."""
    key = tmp_path / "key.pem"
    key.write_bytes(OKPKey.generate_key("Ed25519").as_pem(private=True))
    for name, value in {
        "INSTANCE": "gateway-1",
        "TOKEN_KEY_FILE": str(key),
        "MEDIA_URL": f"file://{tmp_path}",
        "EXPORTS_URL": f"file://{tmp_path}",
        "WEB_ROOT": str(tmp_path),
        "STREAM_PUBLIC_URL": "ws://127.0.0.1:1",
    }.items():
        monkeypatch.setenv(f"KANVAS_{name}", value)
    for listen in ("HTTP", "STREAM", "GRPC", "OPS"):
        monkeypatch.setenv(f"KANVAS_{listen}_LISTEN", "127.0.0.1:0")
    for target in ("KAFKA", "SOCIAL_GRAPH_TARGETS", "TIMELINE_TARGETS", "IMAGEGEN_TARGETS"):
        monkeypatch.setenv(f"KANVAS_{target}", "127.0.0.1:1")
    return GatewaySettings()


async def test_sockets_go_elsewhere_before_rest_waits_for_its_last_client(
    settings: GatewaySettings,
) -> None:
    components = await build(settings)
    drained = [component.name for component in reversed(components)]
    assert drained.index("stream") < drained.index("http")
