"""The page is built when its sources changed, and only then."""

from __future__ import annotations

from pathlib import Path

import pytest

from kanvas_local import page
from kanvas_local.errors import StackError
from kanvas_local.mutex import exclusive
from kanvas_local.page import Node, build_page, node_version, run_script
from kanvas_local.progress import ProgressLines


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a page whose npm is a script that counts what it was asked for."""
    web = tmp_path / "web"
    (web / "src").mkdir(parents=True)
    (web / "src/main.ts").write_text("export {}")
    (web / "package-lock.json").write_text("{}")
    npm = tmp_path / "npm"
    npm.write_text(
        '#!/bin/sh\necho "$*" >> ../calls\n'
        'mkdir -p node_modules\n[ "$1" != run ] || { mkdir -p dist; [ ! -e fail ] || exit 3; }\n'
    )
    npm.chmod(0o755)
    monkeypatch.setattr(page, "REPOSITORY", tmp_path)
    monkeypatch.setattr(page, "WEB", web)
    monkeypatch.setattr(page, "DIST", web / "dist")
    monkeypatch.setattr(page, "NODE_MODULES", web / "node_modules")
    monkeypatch.setattr(page, "find_node", lambda progress: Node(tmp_path, (str(npm),)))
    return web


def _calls(web: Path) -> list[str]:
    return [line.split()[0] for line in (web.parent / "calls").read_text().splitlines()]


def test_a_second_build_of_the_same_sources_does_nothing(web: Path) -> None:
    build_page(ProgressLines(quiet=True))
    build_page(ProgressLines(quiet=True))
    assert _calls(web) == ["ci", "run"]


def test_a_page_that_is_built_waits_for_no_script(web: Path) -> None:
    build_page(ProgressLines(quiet=True))
    with exclusive(web.parent / ".local/page.lock"):
        build_page(ProgressLines(quiet=True))
    assert _calls(web) == ["ci", "run"]


def test_a_changed_source_is_built_without_installing_again(web: Path) -> None:
    build_page(ProgressLines(quiet=True))
    (web / "src/main.ts").write_text("export const changed = 1")
    build_page(ProgressLines(quiet=True))
    assert _calls(web) == ["ci", "run", "run"]


def test_the_tools_are_installed_for_a_script_and_not_for_a_build(web: Path) -> None:
    build_page(ProgressLines(quiet=True))
    run_script("lint", ProgressLines(quiet=True))
    (web / "src/main.ts").write_text("export const changed = 1")
    build_page(ProgressLines(quiet=True))
    run_script("lint", ProgressLines(quiet=True))
    installs = [line for line in (web.parent / "calls").read_text().splitlines() if "ci" in line]
    assert [line.endswith("--workspaces=false") for line in installs] == [True, False]


def test_a_build_that_failed_is_told_and_tried_again(web: Path) -> None:
    (web / "fail").touch()
    with pytest.raises(StackError, match="npm run build"):
        build_page(ProgressLines(quiet=True))
    (web / "fail").unlink()
    build_page(ProgressLines(quiet=True))
    assert (web / "dist/.stamp").exists()


@pytest.mark.parametrize(
    ("text", "version"),
    [("v20.19.4\n", (20, 19)), ("v24.1.0", (24, 1)), ("", (0, 0)), ("node 20", (0, 0))],
)
def test_node_tells_its_version(text: str, version: tuple[int, int]) -> None:
    assert node_version(text) == version
