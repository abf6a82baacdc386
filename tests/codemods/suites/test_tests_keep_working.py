"""People's tests are run by pytest, on the tree before and on the tree after."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from drs_refactor.__main__ import main
from tests.codemods.support import Tree

TESTS = """\
from unittest.mock import patch

import planner.index


def test_a_batch_is_made_of_what_is_found():
    state = {}
    with patch("planner.index.find", return_value=["x"]) as find:
        with patch("planner.index.QUEUE", "the queue"):
            planner.index.start_batch(state, 2)
    find.assert_called_once_with("here")
    assert state["queue"] == "the queue"
    assert state["batch"]["found"] == ["x"]


def test_a_check_marks_the_state():
    assert planner.index.check({"application": {"a": 1}}) == {"a": 1, "checked": True}


@patch("planner.index.check")
def test_the_handler_dispatches(check):
    event = {"action": "check"}
    assert planner.index.lambda_handler(event, None) is check.return_value
    check.assert_called_once_with(event)
"""

STUB_TESTS = """\
import io
import json
from unittest.mock import patch

import planner.index


@patch("planner.index.boto3")
def test_the_stub_makes_its_client_as_it_is_called(boto3, monkeypatch):
    monkeypatch.setenv("WORKER_ARN", "arn:worker")
    client = boto3.client.return_value
    client.exceptions.TooManyRequestsException = KeyError
    answer = json.dumps({"action": "start_batch", "state": {"batch": 1}, "result": None})
    client.invoke.return_value = {"Payload": io.BytesIO(answer.encode())}
    state = {}
    assert planner.index.start_batch(state) is None
    assert state == {"batch": 1}
    assert boto3.client.call_args.args == ("lambda",)
    assert client.invoke.call_args.kwargs["FunctionName"] == "arn:worker"
"""


def passed(tests: Path, tree: Path) -> set[str]:
    """The names of the tests that pass with the tree's handlers on the path."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-rA", "-q", "-p", "no:cacheprovider", "."],
        cwd=tests,
        env={**os.environ, "PYTHONPATH": str(tree / "fn"), "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
    )
    lines = [line.split("::")[1] for line in done.stdout.splitlines() if line[:6] == "PASSED"]
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return set(lines)


@pytest.mark.slow
def test_they_pass_before_and_after(
    tree: Tree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "unit"
    folder.mkdir()
    (folder / "test_planner.py").write_text(TESTS)
    names = {
        "test_a_batch_is_made_of_what_is_found",
        "test_a_check_marks_the_state",
        "test_the_handler_dispatches",
    }
    assert passed(folder, tree.root) == names
    assert main(["migrate"]) == 0
    # As they are, only the test of the caller passes: the others meet stubs.
    assert passed(folder, tree.output) == {"test_the_handler_dispatches"}
    assert main(["migrate", "--tests", "unit"]) == 0
    (folder / "test_stub.py").write_text(STUB_TESTS)
    assert passed(folder, tree.output) == {
        *names,
        "test_the_stub_makes_its_client_as_it_is_called",
    }
