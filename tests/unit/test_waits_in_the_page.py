"""What tests wait for in a page is a function: the page's policy forbids to evaluate a text.

The first look at a text is the debugger's, which the policy does not bind. So a test that happens
to wait for nothing passes, and fails where it has to look again.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "e2e/web"


def _waited_for(trees: list[ast.Module]) -> Iterator[str]:
    """Yield each text that is waited for, by itself or as a constant of a module."""
    constants = {
        target.id: node.value
        for tree in trees
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in (node for tree in trees for node in ast.walk(tree)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".wait_for_function"):
            text = node.args[0]
            yield ast.literal_eval(constants[text.id] if isinstance(text, ast.Name) else text)


def test_what_is_waited_for_in_a_page_is_a_function() -> None:
    found = list(_waited_for([ast.parse(path.read_text()) for path in FOLDER.glob("*.py")]))
    assert found
    assert [text for text in found if "=>" not in text] == []
