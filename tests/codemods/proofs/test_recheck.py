from __future__ import annotations

import pytest

from codemods.proofs.recheck import Recheck, recheck
from drs_refactor.migration import load
from tests.codemods.small_tree import PATHS
from tests.codemods.support import Tree


def rechecked(tree: Tree, key: str = "worker", old: str = "", new: str = "") -> Recheck:
    """The proof from the two trees, after a change of the new one by hand."""
    tree.written()
    path = tree.output / PATHS[key]
    text = path.read_text()
    assert text.count(old) >= 1
    path.write_text(text.replace(old, new, 1))
    return recheck(tree.root, tree.output, load(tree.config))


def test_nothing_differs_where_nothing_was_changed(tree: Tree) -> None:
    found = rechecked(tree)
    assert found.problems() == []
    assert {p.moved.compiled for p in found.proved} == {"same"}
    names = {b.name: b.how for p in found.proved for b in p.names}
    assert (names["STEPS"], names["QUEUE"], names["prepare"]) == ("same", "same", "moved")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("no batch", "no  batch", "start_batch in fn/worker/index.py is not the text that"),
        ('STEPS = ["one", "two"]', "STEPS = []", "STEPS means fn/worker/index.py:"),
        ("import json\n", "import simplejson as json\n", "json means fn/worker/index.py:"),
        ("LIMIT = 3", "LIMIT = 4", "LIMIT means fn/worker/index.py:"),
        ('QUEUE = os.environ.get("QUEUE", "none")\n', "", "QUEUE means nothing in fn/worker"),
    ],
)
def test_a_change_by_hand_is_told(tree: Tree, old: str, new: str, problem: str) -> None:
    assert any(problem in line for line in rechecked(tree, "worker", old, new).problems())


def test_annotations_that_are_evaluated_here_only_are_other_code(tree: Tree) -> None:
    tree.change("planner", "def find(region, tags=None)", "def find(region: str, tags=None)")
    found = rechecked(
        tree, "reader", "import os\n", "from __future__ import annotations\nimport os\n"
    )
    assert "find in fn/reader/index.py compiles to other code" in found.problems()


def test_a_service_that_is_used_again_is_told(tree: Tree) -> None:
    found = rechecked(
        tree, "planner", "import json\n", "import json\nBATCH = boto3.client('batch')\n"
    )
    assert [line.split(": ")[1] for line in found.left] == ["makes a client of batch"]


def test_split_state_is_told(tree: Tree) -> None:
    tree.change("planner", '    state["checked"] = True\n', '    STEPS.append("three")\n')
    tree.change("planner", 'action = event.get("action")', 'action = event.get("action", STEPS)')
    found = rechecked(tree)
    assert [str(s).split(": ")[1].split(",")[0] for s in found.split] == [
        "STEPS is changed by check"
    ]
