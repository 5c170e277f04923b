"""Tests wait for events or move a clock; where they sleep all the same, this says why.

Files whose tests run in virtual time (`kanvas_platform.testing.virtual_time`) sleep for nothing.
"""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("tests/unit", "tests/contract", "tests/sim")

_POLLS = "looks again for what a process or a socket does, which tells nobody when it has done it"

REASONS = {
    "tests/contract/gateway/live_stream.py": _POLLS,
    "tests/contract/gateway/test_http_connections.py": "slow clients and answers over "
    "real sockets are what it is about",
    "tests/contract/gateway/whole_kanvas.py": _POLLS,
    "tests/contract/kafka/test_broker.py": "asks Kafka again, which tells nobody when a commit can "
    "be read, and lets its clock, which counts milliseconds, move on",
    "tests/contract/timeline/conftest.py": _POLLS,
    "tests/unit/gateway/rest_child.py": _POLLS,
    "tests/unit/gateway/test_rest_process.py": _POLLS,
    "tests/unit/local/test_chaos_stage.py": _POLLS,
}
"""Files that sleep in real time, and why."""


def _sleeps(tree: ast.AST) -> bool:
    """Whether something in a module sleeps for longer than nothing, by the machine's clock."""
    return any(
        isinstance(node, ast.Call)
        and ast.unparse(node.func) in ("asyncio.sleep", "time.sleep")
        and ast.unparse(node.args[0]) != "0"
        for node in ast.walk(tree)
    )


def _in_virtual_time(path: Path) -> bool:
    conftest = path.parent / "conftest.py"
    return any("virtual_time" in one.read_text() for one in (path, conftest) if one.exists())


def test_only_files_with_a_reason_sleep_in_real_time() -> None:
    found = {
        str(path.relative_to(ROOT))
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*.py")
        if not _in_virtual_time(path) and _sleeps(ast.parse(path.read_text()))
    }
    assert found == set(REASONS)
