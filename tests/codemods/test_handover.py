from __future__ import annotations

from codemods.handover import NAME
from tests.codemods.support import Tree


def text(tree: Tree) -> str:
    return tree.migrate().wanted[NAME].decode()


def test_it_says_what_moved_and_who_calls_whom(tree: Tree) -> None:
    found = text(tree)
    assert "`planner` calls `batch` no more and invokes `worker` and `reader` instead." in found
    assert "| start_batch | fn/worker/index.py | start_batch | 7 |" in found
    assert "| prepare | fn/worker/index.py | a helper | 2 |" in found
    assert "    planner->>worker: start_batch {action, state, number}\n" in found
    assert "    worker-->>planner: {action, state, result} or an error\n" in found
    assert "PlannerFunction: variables READER_ARN, WORKER_ARN" in found
    assert "token for token what it was" in found


def test_it_does_not_say_what_is_not_so(tree: Tree) -> None:
    tree.change("planner", "import boto3\n", "import boto3\n\nBATCH = boto3.client('batch')\n")
    found = text(tree)
    assert "token for token" not in found
    assert "## What is not the same\n\n- fn/planner/index.py:" in found


def test_a_document_of_that_name_stays(tree: Tree) -> None:
    (tree.root / NAME).write_text("Theirs.\n")
    tree.changed()
    wanted = tree.migrate().wanted
    assert wanted[NAME] == b"Theirs.\n"
    assert wanted["MIGRATION-planner.md"].startswith(b"# Migration\n")
