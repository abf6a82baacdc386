from __future__ import annotations

from pathlib import Path

import pytest

from drs_refactor.sarif import RULES, finding, sarif
from tests.codemods.support import Tree


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    monkeypatch.chdir(tmp_path)
    return Tree(tmp_path)


def test_each_finding_has_its_rule_and_its_place(tree: Tree) -> None:
    tree.change("planner", "import boto3\n", "import boto3\n\nBATCH = boto3.client('batch')\n")
    tree.change("worker", "def work(event):", "def prepare(x):\n    return x\n\n\ndef work(event):")
    run = sarif(tree.migrate(), tree.output)["runs"][0]
    assert {rule["id"] for rule in run["tool"]["driver"]["rules"]} == set(RULES)
    found = {
        (r["ruleId"], r["level"], place["artifactLocation"]["uri"], place["region"]["startLine"])
        for r in run["results"]
        for place in [r["locations"][0]["physicalLocation"]]
    }
    line = tree.line("worker", "def prepare")
    assert ("clash", "note", "legacy/fn/worker/index.py", line) in found
    left = [place for rule, level, *place in found if (rule, level) == ("left-behind", "error")]
    after = tree.new("planner").partition("BATCH")[0].count("\n") + 1
    assert left == [["refactored/fn/planner/index.py", after]]
    assert {r["ruleId"] for r in run["results"]} <= set(RULES)


def test_a_move_without_findings_has_no_results(tree: Tree) -> None:
    results = sarif(tree.migrate(), tree.output)["runs"][0]["results"]
    assert [r for r in results if r["ruleId"] != "look-at"] == []


def test_what_a_tree_calls_its_things_is_no_markup(tree: Tree) -> None:
    found = finding("look-at", "fn/50%é/x.py:3: tags[0] is [here](https://x.example)", tree.root)
    assert found["message"]["text"] == r"tags[0] is \[here](https://x.example)"
    place = found["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "legacy/fn/50%25%C3%A9/x.py"
