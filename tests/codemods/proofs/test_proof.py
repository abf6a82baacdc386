from __future__ import annotations

import pytest

from codemods.proofs.proof import moved_functions, service_calls_left
from drs_refactor.migration import load
from tests.codemods.small_tree import PATHS
from tests.codemods.support import Tree, parsed


def proofs(
    tree: Tree, old: str = "", new: str = "", key: str = "worker"
) -> dict[tuple[str, str], bool]:
    """What is verbatim, after a change of the new tree."""
    result = tree.migrate()
    migration = load(tree.config)
    files = {path: parsed(text) for path, text in result.plan.texts.items() if path.endswith("py")}
    if old:
        text = files[PATHS[key]].text
        assert old in text
        files[PATHS[key]] = parsed(text.replace(old, new, 1))
    before = {PATHS["planner"]: parsed(tree.text("planner"))}
    found = moved_functions(migration, before, files)
    return {(m.function, m.destination): m.verbatim for m in found}


def test_every_function_and_copy_is_proved(tree: Tree) -> None:
    assert proofs(tree) == {
        ("start_batch", PATHS["worker"]): True,
        ("prepare", PATHS["worker"]): True,
        ("check", PATHS["reader"]): True,
        ("find", PATHS["reader"]): True,
        ("find", PATHS["worker"]): True,
    }


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("no batch", "no  batch"),
        ("# Begins the work.", "# Begins work."),
        ('    """Start one batch."""\n', ""),
        ("number > LIMIT", "number >= LIMIT"),
        ("def start_batch(state, number=LIMIT)", "def start_batch(state, number = LIMIT)"),
        ("def start_batch", "def other"),
    ],
)
def test_the_slightest_change_is_none(tree: Tree, old: str, new: str) -> None:
    found = proofs(tree, old, new)
    assert found.pop(("start_batch", PATHS["worker"])) is False
    assert all(found.values())


def test_a_copy_that_drifted_is_none(tree: Tree) -> None:
    found = proofs(tree, "return [region, tags", "return [tags, region", "worker")
    assert found["find", PATHS["worker"]] is False
    assert found["find", PATHS["reader"]] is True


def test_what_is_left_of_a_service() -> None:
    file = parsed("from common import make\n\n\ndef work():\n    return make()\n")
    shared = {"common": ("common.py", "def make():\n    return boto3.client('batch')\n")}
    assert service_calls_left(file, ("batch",), shared) == [
        "index.py:1: imports make (common.py), which calls batch",
        "index.py:5: uses make (common.py), which calls batch",
    ]
