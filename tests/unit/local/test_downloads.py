"""Downloads trust what the system trusts, and go where the user's own settings say."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from kanvas_local import downloads
from kanvas_local.downloads import download_environment, missing_settings
from kanvas_local.errors import StackError
from kanvas_local.maven import maven_url, mirror_in

_TRUST = {"SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"}


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the system's certificates."""
    path = tmp_path / "system.pem"
    path.touch()
    monkeypatch.setattr(downloads, "BUNDLES", ("/no/such/file", str(path)))
    return str(path)


def test_every_tool_trusts_what_the_system_trusts(bundle: str) -> None:
    added = missing_settings({}, {}, "")
    assert {name: added[name] for name in _TRUST} == dict.fromkeys(_TRUST, bundle)
    assert added["UV_SYSTEM_CERTS"] == "true"


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE"])
def test_certificates_that_one_tool_was_given_are_given_to_all(
    name: str, bundle: str, tmp_path: Path
) -> None:
    own = tmp_path / "company.pem"
    own.touch()
    environment = {name: str(own)}
    environment |= missing_settings(environment, {}, "")
    assert {name: environment[name] for name in _TRUST} == dict.fromkeys(_TRUST, str(own))


def test_certificates_of_pip_conf_are_given_to_all(bundle: str, tmp_path: Path) -> None:
    own = tmp_path / "company.pem"
    own.touch()
    assert missing_settings({}, {"cert": str(own)}, "")["NODE_EXTRA_CA_CERTS"] == str(own)


def test_a_system_without_a_bundle_leaves_each_tool_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(downloads, "BUNDLES", ("/no/such/file",))
    assert missing_settings({}, {}, "") == {"UV_SYSTEM_CERTS": "true"}


def test_what_is_set_already_is_left_as_it_is(bundle: str) -> None:
    set_by_user = {
        "SSL_CERT_FILE": bundle,
        "NODE_EXTRA_CA_CERTS": "/their/own",
        "HTTPS_PROXY": "http://one",
        "UV_SYSTEM_CERTS": "false",
    }
    added = missing_settings(set_by_user, {"proxy": "http://two"}, "")
    assert not set(added) & {*set_by_user, "HTTP_PROXY"}


def test_pips_mirror_and_proxy_are_uvs_too(bundle: str) -> None:
    pip = {
        "index-url": "https://user:secret@mirror/simple",
        "extra-index-url": "https://a/simple\nhttps://b/simple",
        "proxy": "http://proxy:3128",
    }
    added = missing_settings({}, pip, "")
    assert added["UV_DEFAULT_INDEX"] == pip["index-url"]
    assert added["UV_INDEX"] == "https://a/simple https://b/simple"
    assert added["HTTPS_PROXY"] == added["HTTP_PROXY"] == pip["proxy"]


def test_uvs_mirror_is_pips_too_and_uvs_own_settings_win(bundle: str) -> None:
    assert missing_settings({}, {}, "https://mirror/simple")["PIP_INDEX_URL"]
    both = missing_settings({}, {"index-url": "https://a"}, "https://b")
    assert not set(both) & {"PIP_INDEX_URL", "UV_DEFAULT_INDEX"}


def test_pips_and_uvs_files_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_CONFIG_FILE"):
        monkeypatch.delenv(name, raising=False)
    pip = tmp_path / "pip.conf"
    pip.write_text("[global]\nindex-url = https://of-pip/simple\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(pip))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    python = Path(sys.executable)
    assert download_environment(python)["UV_DEFAULT_INDEX"] == "https://of-pip/simple"
    uv = tmp_path / "uv/uv.toml"
    uv.parent.mkdir()
    uv.write_text('[[index]]\nurl = "https://of-uv/simple"\ndefault = true\n')
    assert "UV_DEFAULT_INDEX" not in download_environment(python)
    pip.write_text("")
    assert download_environment(python)["PIP_INDEX_URL"] == "https://of-uv/simple"


def test_a_python_without_pip_has_no_settings(tmp_path: Path) -> None:
    assert "PATH" in download_environment(tmp_path / "no-python")


def _settings(folder: Path, mirror_of: str, password: str = "p@ss") -> Path:  # noqa: S107
    file = folder / "settings.xml"
    file.write_text(
        '<settings xmlns="http://maven.apache.org/SETTINGS/1.0.0">'
        "<servers><server><id>house</id><username>me</username>"
        f"<password>{password}</password></server></servers>"
        f"<mirrors><mirror><id>house</id><mirrorOf>{mirror_of}</mirrorOf>"
        "<url>https://mirror.example/maven/</url></mirror></mirrors></settings>"
    )
    return file


@pytest.mark.parametrize("of", ["*", "central", "other,central", "external:*"])
def test_mavens_mirror_of_central_is_used_with_its_password(of: str, tmp_path: Path) -> None:
    assert mirror_in(_settings(tmp_path, of)) == "https://me:p%40ss@mirror.example/maven"


@pytest.mark.parametrize("of", ["other", "*,!central"])
def test_a_mirror_of_something_else_is_not_used(of: str, tmp_path: Path) -> None:
    assert mirror_in(_settings(tmp_path, of)) == ""


def test_a_password_that_only_maven_can_read_is_not_sent(tmp_path: Path) -> None:
    file = _settings(tmp_path, "*", password="{encrypted=}")
    assert mirror_in(file) == "https://mirror.example/maven"


def test_settings_that_are_broken_are_told(tmp_path: Path) -> None:
    file = tmp_path / "settings.xml"
    file.write_text("<settings>")
    with pytest.raises(StackError, match=r"settings\.xml cannot be read .* KANVAS_MAVEN_URL"):
        mirror_in(file)


def test_a_named_repository_counts_before_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("KANVAS_MAVEN_URL", raising=False)
    assert not maven_url()
    monkeypatch.setenv("KANVAS_MAVEN_URL", "https://mirror.example/maven/")
    assert maven_url() == "https://mirror.example/maven"
