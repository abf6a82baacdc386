from __future__ import annotations

import pytest
import yaml

from codemods.templates.yaml_text import compose, flattened
from tests.codemods.small_tree import TEMPLATE
from tests.codemods.support import Tree


def variables(tree: Tree, function: str) -> dict[str, str]:
    document = compose(tree.new("template"), "t")
    node = document.get(
        document.root, "Resources", function, "Properties", "Environment", "Variables"
    )
    assert isinstance(node, yaml.MappingNode)
    return {key.value: document.source(value) for key, value in node.value}


def limit(tree: Tree, function: str) -> str:
    document = compose(tree.new("template"), "t")
    node = document.get(document.root, "Resources", function, "Properties", "Timeout")
    return "" if node is None else str(node.value)


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


def test_callers_outlive_their_callees(tree: Tree) -> None:
    assert limit(tree, "PlannerFunction") == "130"
    assert limit(tree, "ReaderFunction") == ""
    tree.configure('role = "Role"', 'role = "Role"\ntime_limit_margin = 0')
    assert limit(tree, "PlannerFunction") == "100"


def test_a_limit_that_suffices_stays(tree: Tree) -> None:
    tree.change("template", "Timeout: 60", "Timeout: 900")
    assert limit(tree, "PlannerFunction") == "900"


def test_a_limit_that_was_never_written_is_added(tree: Tree) -> None:
    tree.change("template", "      Timeout: 60\n", "")
    assert limit(tree, "PlannerFunction") == "130"


def test_functions_that_nothing_invokes_may_have_any_limit(tree: Tree) -> None:
    tree.configure(
        "[functions.reader]",
        '[functions.other]\npath = "o.py"\nresource = "Other"\n\n[functions.reader]',
    )
    tree.write("template", TEMPLATE + "  Other: {Properties: {Timeout: !Ref Stage}}\n")
    assert limit(tree, "PlannerFunction") == "130"


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


def test_a_function_without_variables_gets_them(tree: Tree) -> None:
    block = (
        "      Environment:\n        Variables:\n"
        "          QUEUE: !Ref Stage\n          STAGE: !Ref Stage\n"
    )
    tree.change("template", block, "")
    assert variables(tree, "PlannerFunction") == {
        "READER_ARN": "!GetAtt ReaderFunction.Arn",
        "WORKER_ARN": "!GetAtt WorkerFunction.Arn",
    }


def test_variables_that_moved_code_reads_go_with_it(tree: Tree) -> None:
    assert variables(tree, "WorkerFunction") == {"STAGE": "!Ref Stage", "QUEUE": "!Ref Stage"}


@pytest.mark.parametrize(
    "read", ['os.environ["STAGE"]', "os.getenv('STAGE', '')", 'environ.get("STAGE")']
)
def test_variables_of_shared_code_must_be_the_same(tree: Tree, read: str) -> None:
    line = f"import os\nfrom os import environ\nSTAGE_NOW = {read}\n"
    for key in ("planner", "worker"):
        tree.write(key, tree.text(key).replace("LIMIT = 3\n", f"LIMIT = 3\n{line}"))
    tree.change(
        "planner", '    state["queue"] = QUEUE\n', '    state["queue"] = QUEUE + STAGE_NOW\n'
    )
    before, _, worker = TEMPLATE.partition("WorkerFunction:")
    tree.write("template", before + "WorkerFunction:" + worker.replace("!Ref Stage", "prod", 1))
    error = tree.refusal()
    assert "moved code reads STAGE" in error.what
    assert error.line == tree.line("template", "STAGE: prod")


def test_a_callee_in_another_template(tree: Tree) -> None:
    before, _, reader = TEMPLATE.partition("  ReaderFunction:")
    tree.write("template", before)
    (tree.root / "other.yaml").write_text(f"Resources:\n  ReaderFunction:{reader}")
    error = tree.refusal()
    assert "must know the ARN of ReaderFunction, which stands in other.yaml" in error.what
    own = "          READER_ARN: !Ref ReaderArn\n          QUEUE: !Ref Stage\n"
    tree.change("template", "          QUEUE: !Ref Stage\n", own)
    assert variables(tree, "PlannerFunction")["READER_ARN"] == "!Ref ReaderArn"


def test_a_circle_of_references_is_not_closed(tree: Tree) -> None:
    tree.change(
        "template",
        "      Timeout: 100\n      Environment:\n        Variables:\n",
        "      Timeout: 100\n      Environment:\n        Variables:\n          M: !Ref Machine\n",
    )
    machine = '  Machine: {Properties: {Definition: !Sub "${PlannerFunction.Arn}"}}\n'
    tree.write("template", tree.text("template") + machine)
    base = "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:"
    found = variables(tree, "PlannerFunction")
    assert found["WORKER_ARN"] == f'!Sub "{base}worker"'
    assert found["READER_ARN"] == "!GetAtt ReaderFunction.Arn"


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
