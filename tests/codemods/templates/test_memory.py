from __future__ import annotations

import pytest

from codemods.templates.yaml_text import compose
from tests.codemods.support import Tree


def memory(tree: Tree, function: str) -> str:
    document = compose(tree.new("template"), "t")
    node = document.get(document.root, "Resources", function, "Properties", "MemorySize")
    return "" if node is None else str(node.value)


def sized(tree: Tree, planner: str, worker: str) -> Tree:
    for name, size in (("planner", planner), ("worker", worker)):
        line = f"      FunctionName: {name}\n"
        tree.change("template", line, f"{line}      MemorySize: {size}\n" if size else line)
    return tree


@pytest.mark.parametrize(
    ("planner", "worker", "wanted"),
    [
        ("512", "256", "512"),
        ("512", "", "512"),
        ("256", "512", "512"),
        ("", "", ""),
        ("", "64", "128"),
    ],
)
def test_what_moves_has_no_less_than_at_home(
    tree: Tree, planner: str, worker: str, wanted: str
) -> None:
    sized(tree, planner, worker)
    assert memory(tree, "WorkerFunction") == wanted
    assert memory(tree, "PlannerFunction") == planner


def test_the_change_is_told(tree: Tree) -> None:
    sized(tree, "512", "256")
    changes = tree.migrate().plan.template_changes
    assert "main.yaml: WorkerFunction: MemorySize 256 → 512 MB" in changes


def test_what_is_no_number_is_left_to_a_person(tree: Tree) -> None:
    sized(tree, "512", "!Ref Stage")
    assert memory(tree, "WorkerFunction") == "Stage"
    line = tree.line("template", "MemorySize: !Ref")
    told = f"main.yaml:{line}: WorkerFunction must have the memory of PlannerFunction"
    assert any(mention.startswith(told) for mention in tree.migrate().plan.mentions)
