from __future__ import annotations

import pytest

from tests.codemods.small_tree import PATHS
from tests.codemods.support import Tree


@pytest.mark.parametrize(
    ("key", "old", "new", "line_of", "what"),
    [
        ("planner", "def prepare(", "def prepared(", None, "no function 'prepare'"),
        (
            "planner",
            "def prepare(",
            "def prepare(): pass\n\n\ndef prepare(",
            None,
            "defined twice, in lines",
        ),
        (
            "planner",
            "def prepare(number):\n    return",
            "prepare = lambda number:",
            "prepare = ",
            "no plain function",
        ),
        ("planner", "def prepare(", "class A:\n  def prepare(", "class A", "no plain function"),
        ("planner", '    state["batch"]', '   state["batch"]', '   state["batch"]', "syntax error"),
        (
            "planner",
            "def find(region, tags=None)",
            "def find(region, *tags)",
            "def find",
            "find has *tags",
        ),
        (
            "planner",
            "    return find(event",
            "    return prepare(event",
            "def lambda_handler",
            "prepare is a helper",
        ),
    ],
)
def test_functions_that_cannot_move(
    tree: Tree, key: str, old: str, new: str, line_of: str | None, what: str
) -> None:
    tree.change(key, old, new)
    error = tree.refusal()
    what = what.replace("*tags", "*args")
    assert what in error.what
    assert error.mend
    assert error.path == tree.path(key)
    if line_of:
        assert error.line == tree.line(key, line_of)


def test_a_function_that_is_there_twice_is_told_with_the_second_line(tree: Tree) -> None:
    tree.change("planner", "def prepare(", "def prepare(): pass\n\n\ndef prepare(")
    assert tree.refusal().line == tree.line("planner", "def prepare(number)")


def test_a_tree_that_was_migrated_already(tree: Tree) -> None:
    tree.written()
    tree.root.rename(tree.root.with_name("before"))
    tree.output.rename(tree.root)
    tree.changed()
    error = tree.refusal()
    assert "start_batch has moved already, to fn/worker/index.py:" in error.what
    assert error.line == tree.line("planner", "def start_batch")


def test_functions_of_two_sources(tree: Tree) -> None:
    tree.configure('function = "find"\nfrom = "planner"', 'function = "work"\nfrom = "worker"')
    tree.configure('carry_to = ["worker"]', "")
    error = tree.refusal()
    assert "one source at a time" in error.what
    assert error.path == tree.config


@pytest.mark.parametrize("key", ["planner", "worker", "reader"])
def test_a_file_that_is_missing(tree: Tree, key: str) -> None:
    tree.path(key).unlink()
    error = tree.refusal()
    assert "No such file" in error.what
    assert error.path == tree.path(key)


def test_what_the_plan_tells(tree: Tree) -> None:
    tree.change("planner", '"""Plans batches."""', '"""Plans batches; see start_batch."""')
    plan = tree.migrate().plan
    assert set(plan.texts) == {*PATHS.values(), "MIGRATION.md"}
    assert plan.removed == {"planner": ("QUEUE", "STEPS", "prepare")}
    assert plan.mentions == ("fn/planner/index.py:1: speaks of start_batch",)
    assert plan.template_changes == (
        "main.yaml: PlannerFunction: variables READER_ARN, WORKER_ARN",
        "main.yaml: WorkerFunction: variables QUEUE",
        "main.yaml: PlannerFunction: Timeout 60 → 130 s",
        "main.yaml: Role: may invoke ReaderFunction, WorkerFunction",
    )


def test_a_function_that_would_take_the_handlers_name(tree: Tree) -> None:
    tree.configure(
        'function = "start_batch"\n', 'function = "start_batch"\nrename = "lambda_handler"\n'
    )
    error = tree.refusal()
    assert "would take the place of the handler 'lambda_handler'" in error.what
    assert error.place.startswith(f"{tree.config}:")
