from __future__ import annotations

import pytest
import yaml

from codemods.templates.yaml_text import compose
from tests.codemods.small_tree import TEMPLATE
from tests.codemods.support import Tree


def variables(tree: Tree, function: str) -> dict[str, str]:
    document = compose(tree.new("template"), "t")
    node = document.get(
        document.root, "Resources", function, "Properties", "Environment", "Variables"
    )
    assert isinstance(node, yaml.MappingNode)
    return {key.value: document.source(value) for key, value in node.value}


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


@pytest.mark.parametrize(
    ("value", "stage", "copied"),
    [
        ("q", "dev", True),
        ("!Ref Stage", "dev", True),
        ('!Sub "q-${Stage}-${AWS::Region}"', "dev", True),
        ("!Ref Stage", "prod", False),
        ("!Ref Other", "dev", False),
        ("!GetAtt Queue.Arn", "dev", False),
        ("!Ref AWS::StackName", "dev", False),
    ],
)
def test_a_variable_goes_to_another_template(
    tree: Tree, value: str, stage: str, copied: bool
) -> None:
    template = TEMPLATE.replace("{Type: String}", "{Type: String, Default: dev}", 1)
    before, _, rest = template.replace("QUEUE: !Ref Stage", f"QUEUE: {value}").partition(
        "  # The one that works.\n"
    )
    worker, _, reader = rest.partition("  ReaderFunction:")
    tree.write("template", f"{before}  ReaderFunction:{reader}")
    (tree.root / "worker.yaml").write_text(
        f"Parameters:\n  Stage: {{Type: String, Default: {stage}}}\nResources:\n{worker}"
    )
    if copied:
        assert f"          QUEUE: {value}\n" in tree.migrate().wanted["worker.yaml"].decode()
    else:
        assert "this variable must be copied to another function" in tree.refusal().what
