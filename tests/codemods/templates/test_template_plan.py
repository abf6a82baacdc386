from __future__ import annotations

import pytest

from codemods.edits import Edit
from codemods.templates.function_node import FunctionNode
from codemods.templates.yaml_text import compose, flattened
from tests.codemods.small_tree import TEMPLATE
from tests.codemods.support import Tree


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_only_what_was_meant_changes(tree: Tree, newline: str) -> None:
    tree.write("template", TEMPLATE.replace("\n", newline))
    new = tree.new("template")
    before, after = (flattened(compose(t, "t").root) for t in (TEMPLATE, new))
    changed = {path[1:2] + path[3:] for path in after if after[path] != before.get(path)}
    resource = ("Role", "Policies", "0", "PolicyDocument", "Statement", "0", "Resource")
    assert changed == {
        ("PlannerFunction", "Timeout"),
        ("PlannerFunction", "Environment", "Variables", "WORKER_ARN"),
        ("PlannerFunction", "Environment", "Variables", "READER_ARN"),
        ("WorkerFunction", "Environment", "Variables", "QUEUE"),
        *((*resource, number) for number in "012"),
    }
    kept = [line for line in tree.text("template").splitlines(keepends=True) if line in new]
    assert len(TEMPLATE.splitlines()) - len(kept) == 2
    assert newline == "\n" or new.count("\r\n") == new.count("\n")


@pytest.mark.parametrize(
    ("old", "new", "at", "what"),
    [
        ("Timeout: 100", "Timeout: !Ref Stage", "Timeout: !Ref", "not written as a number"),
        ("Timeout: 100", "Timeout: 890", "FunctionName: planner", "Lambda's longest is 900 s"),
        (
            "Timeout: 60\n",
            "Timeout: &t 60\n      MemorySize: *t\n",
            "Timeout: &t",
            "shared through an anchor",
        ),
        (
            "          QUEUE: !Ref Stage\n          STAGE: !Ref Stage\n",
            "          <<: {Q: 1}\n",
            "<<",
            "merge key",
        ),
        (
            "        Variables:\n          QUEUE: !Ref Stage\n          STAGE: !Ref Stage\n",
            "        Other: 1\n",
            "FunctionName: planner",
            "Environment has no Variables",
        ),
        (
            "          QUEUE: !Ref Stage\n",
            "          QUEUE: |\n            two\n            lines\n",
            "QUEUE: |",
            "cannot be as it is written",
        ),
        (
            "      Timeout: 100\n      Environment:\n        Variables:\n",
            "      Timeout: 100\n      Environment:\n        Variables:\n          QUEUE: other\n",
            "QUEUE: other",
            "QUEUE, which is another here",
        ),
        ("  WorkerFunction:", "  Worker:", "", "no template defines the function 'WorkerFunction'"),
        (
            "  PlannerFunction:\n",
            "  PlannerFunction:\n  Timeout\n",
            "    Type: AWS::Lambda::Function",
            "not valid YAML",
        ),
        ("Parameters:", "\ufeffParameters:", "Parameters", "byte order mark"),
    ],
)
def test_what_cannot_be_edited_is_refused(
    tree: Tree, old: str, new: str, at: str, what: str
) -> None:
    tree.change("template", old, new)
    error = tree.refusal()
    assert what in error.what
    assert error.mend
    if at:
        assert error.place == f"{tree.path('template')}:{tree.line('template', at)}"
    else:
        assert error.path == tree.config


def test_no_templates_is_said(tree: Tree) -> None:
    tree.configure('files = ["*.yaml"]\nrole = "Role"', "")
    result = tree.migrate()
    assert "left to you" in result.plan.mentions[0]
    assert result.wanted["main.yaml"].decode() == TEMPLATE


@pytest.mark.parametrize(
    ("pattern", "what"), [("none/*.yml", "no template matches"), ("fn", "cannot be read")]
)
def test_templates_that_are_not_there(tree: Tree, pattern: str, what: str) -> None:
    tree.configure("*.yaml", pattern)
    assert what in tree.refusal().what


def test_a_template_in_another_encoding(tree: Tree) -> None:
    tree.write("template", TEMPLATE.replace("dev", "d\xe9v").encode("latin-1"))
    assert "not UTF-8" in tree.refusal().what


@pytest.mark.parametrize(
    ("new", "what"),
    [
        ("worker2", "would change Resources.WorkerFunction.Properties.FunctionName"),
        ("{a: b}", "would lose Resources.WorkerFunction.Properties.FunctionName"),
    ],
)
def test_an_edit_that_reaches_further_is_refused(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, new: str, what: str
) -> None:
    start = TEMPLATE.index("FunctionName: worker") + len("FunctionName: ")
    wrong = Edit(start, start + len("worker"), new)
    monkeypatch.setattr(FunctionNode, "set_number", lambda function, key, value: wrong)
    assert what in tree.refusal().what
