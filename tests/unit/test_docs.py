"""What the pages of this repository point at is there."""

import re
import subprocess
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\]\(([^)\s#]+)(?:#[^)]*)?\)")

SERVICES = [f"services/{name}/src/kanvas_{name.replace('-', '_')}" for name in (
    "social-graph", "timeline", "imagegen",
)]  # fmt: skip
ROOMS = {
    "the gateway's": ["services/gateway/src/kanvas_gateway"],
    "social-graph's": SERVICES[:1],
    "timeline's": SERVICES[1:2],
    "imagegen's": SERVICES[2:],
    "each service's": SERVICES,
    "the platform's": ["libs/platform/src/kanvas_platform"],
    "the page's": ["services/gateway/web/src"],
    "the stack's": ["deploy/local/src/kanvas_local"],
}
"""Where the names lie that follow such words, unless they begin with a folder at the root."""

RECIPES = [
    ("CONTRIBUTING.md", "## If you change this, do that"),
    ("docs/architecture.md", "## Where to look"),
]


def pages() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).exists()]


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    targets = LINK.findall(page.read_text())
    dead = [
        target
        for target in targets
        if "://" not in target and not (page.parent / target).resolve().exists()
    ]
    assert dead == []


def named_in(sentence: str) -> Iterator[tuple[str, str]]:
    """Yield each file or folder that a sentence names, and where it should lie."""
    rooms = [""]
    for word, code in re.findall(rf"({'|'.join(ROOMS)})|`([^`]+)`", sentence):
        if word:
            rooms = ROOMS[word]
        elif re.fullmatch(r"[\w{][\w./{},*-]+", code) and re.search(
            r"/|\.(py|proto|md|toml|json|tsx?)$", code
        ):
            at_root = (ROOT / code.split("/")[0]).exists()
            for room, name in product([""] if at_root else rooms, alternatives(code)):
                yield code, f"{room}/{name}".lstrip("/")


def alternatives(name: str) -> list[str]:
    """Return `posts.py` and `models.py` for `{posts,models}.py`."""
    before, brace, rest = name.partition("{")
    if not brace:
        return [name]
    inner, _, after = rest.partition("}")
    return [f"{before}{one}{after}" for one in inner.split(",")]


@pytest.mark.parametrize(("page", "heading"), RECIPES)
def test_recipes_name_files_that_exist(page: str, heading: str) -> None:
    section = (ROOT / page).read_text().partition(f"{heading}\n")[2].partition("\n## ")[0]
    named = [one for line in section.splitlines() for one in named_in(line)]
    assert named
    assert [one for one in named if not list(ROOT.glob(one[1].rstrip("/")))] == []


def test_a_recipe_says_in_which_room_its_files_lie() -> None:
    recipe = (
        "`proto/`; timeline's `domain/{state,decide}.py`, `make proto`; the page's `api/`, `docs/`"
    )
    assert [where for _, where in named_in(recipe)] == [
        "proto/",
        "services/timeline/src/kanvas_timeline/domain/state.py",
        "services/timeline/src/kanvas_timeline/domain/decide.py",
        "services/gateway/web/src/api/",
        "docs/",
    ]


def test_invariants_name_tests_that_exist() -> None:
    named = re.findall(r"`(tests/[^`]+)`", (ROOT / "docs" / "invariants.md").read_text())
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_decision_records_are_numbered_one_by_one_and_their_titles_say_so() -> None:
    records = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))
    titled = [record.read_text().split(".", 1)[0] for record in records]
    assert titled == [f"# {number}" for number in range(1, len(records) + 1)]
    assert [int(record.name[:4]) for record in records] == list(range(1, len(records) + 1))


def test_the_glossary_is_in_the_order_of_its_words() -> None:
    rows = (ROOT / "docs" / "glossary.md").read_text().splitlines()
    words = [word.lower() for row in rows for word in re.findall(r"^\| \*\*(.+?)\*\*", row)]
    assert words
    assert words == sorted(words)
