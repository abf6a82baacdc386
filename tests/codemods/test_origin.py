from __future__ import annotations

import ast
from typing import Any

import pytest

from tests.codemods.fake_lambda import Lambda, run
from tests.codemods.support import Tree


def deployed(tree: Tree, environment: pytest.MonkeyPatch) -> tuple[dict[str, Any], Lambda]:
    """The new planner, whose invocations reach the new owners."""
    modules = {key: run(tree.new(key), key) for key in ("planner", "worker", "reader")}
    lambdas = Lambda()
    for key in ("worker", "reader"):
        lambdas.handlers[key] = modules[key]["lambda_handler"]
        environment.setenv(f"{key.upper()}_ARN", key)
    modules["planner"]["boto3"] = lambdas
    return modules["planner"], lambdas


@pytest.mark.parametrize(
    "event",
    [
        {"action": "start", "state": {"a": 1}},
        {"action": "start", "state": {"a": 1}, "number": 9},
        {"action": "check", "application": {"b": 2}},
        {"action": "check", "b": 2},
        {"action": "none", "region": "r"},
        {"action": "start"},
    ],
)
def test_the_new_tree_answers_as_the_old_one(
    tree: Tree, event: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    old = run(tree.text("planner"))
    new, _ = deployed(tree, monkeypatch)
    found = []
    for module in (old, new):
        given = ast.literal_eval(repr(event))
        try:
            result: Any = module["lambda_handler"](given, None)
        except Exception as error:
            result = (type(error).__name__, str(error))
        found.append((result, given))
    assert found[0] == found[1]


def test_the_new_action_name_is_accepted_too(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    new, lambdas = deployed(tree, monkeypatch)
    assert new["lambda_handler"]({"action": "poll", "application": {}}, None) == {"checked": True}
    assert lambdas.requests == [("reader", {"action": "poll", "state": {}})]


def test_an_owner_that_was_not_deployed_yet_fails_the_state(
    tree: Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    new, lambdas = deployed(tree, monkeypatch)
    lambdas.handlers["worker"] = run(tree.text("worker"))["lambda_handler"]
    state = {"a": 1}
    new["lambda_handler"]({"action": "start", "state": state}, None)
    assert state["done"] is True
    assert set(state) == {"a", "done", "error"}


def test_functions_that_nothing_calls_leave_no_stub(tree: Tree) -> None:
    tree.change("planner", '    return find(event["region"])\n', "    return None\n")
    new = tree.new("planner")
    assert "def find" not in new
    assert "json.dumps" in new


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_line_ends_stay_of_one_kind(tree: Tree, newline: str) -> None:
    text = tree.text("planner").replace(
        "def find(region, tags=None)", "def find(\n  region, tags=None\n)"
    )
    tree.write("planner", text.replace("\n", newline))
    for key in ("planner", "worker", "reader"):
        new = tree.new(key)
        assert "\r\r" not in new
        if newline == "\r\n" and key == "planner":
            assert new.count("\r\n") == new.count("\n")
        elif key != "planner":
            assert "\r" not in new


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("import json\n", "\ufeffimport json\n"),
        ("LIMIT = 3\n", "LIMIT = 3; OTHER = 4\n"),
        ("import boto3\n", "import boto3  # late\n\x0c\n"),
        ("import os\n", "import os, time\n"),
    ],
)
def test_odd_but_valid_sources(tree: Tree, old: str, new: str) -> None:
    tree.change("planner", old, new)
    if new.startswith("\ufeff"):
        tree.write("planner", "\ufeff" + tree.text("planner").replace("\ufeff", ""))
    result = tree.new("planner")
    assert result.startswith("\ufeff") == tree.text("planner").startswith("\ufeff")
    run(result.lstrip("\ufeff"))


def test_a_name_of_the_helper_that_is_taken(tree: Tree) -> None:
    tree.change("planner", "LIMIT = 3\n", "LIMIT = 3\n_plain_number = 1\n")
    error = tree.refusal()
    assert "_plain_number, which is taken" in error.what
    assert error.place == f"{tree.path('planner')}:{tree.line('planner', '_plain_number')}"


def test_a_second_move_uses_the_helper_of_the_first(tree: Tree) -> None:
    first, _, rest = tree.config.read_text().partition('[[moves]]\nfunction = "check"')
    moves = f'[[moves]]\nfunction = "check"{rest}'
    check, _, find = moves.partition('[[moves]]\nfunction = "find"')
    head = first.partition("[[moves]]")[0]
    tree.config.write_text(head + check)
    result = tree.migrate()
    for path, content in result.wanted.items():
        (tree.root / path).write_bytes(content)
    tree.changed()
    tree.config.write_text(
        head + '[[moves]]\nfunction = "find"' + find.replace('carry_to = ["worker"]', "")
    )
    planner, reader = tree.new("planner"), tree.new("reader")
    assert planner.count("class MovedActionError") == 1
    assert set(run(reader)["_MOVED_ACTIONS"]) == {"poll", "find"}
    assert reader.count("in _MOVED_ACTIONS") == 1
