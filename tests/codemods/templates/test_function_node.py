"""Serverless functions take from `Globals` what they do not say themselves."""

from __future__ import annotations

import pytest

from codemods.templates.yaml_text import compose, flattened
from tests.codemods.small_tree import TEMPLATE
from tests.codemods.support import Tree

GLOBALS = """\
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Timeout: 200
    Role: !GetAtt Role.Arn
    Environment:
      Variables:
        QUEUE: !Ref Stage
        WORKER_ARN: arn
"""
ROLE = "      Role: !GetAtt Role.Arn\n"


@pytest.fixture
def serverless(tree: Tree) -> Tree:
    """The planner says nothing of its role and time limit, the worker nothing of its limit."""
    text = TEMPLATE.replace("AWS::Lambda::Function", "AWS::Serverless::Function")
    text = text.replace(ROLE, "").replace("      Timeout: 60\n", "")
    tree.write("template", GLOBALS + text.replace("      Timeout: 100\n", ""))
    return tree


def properties(tree: Tree, function: str) -> dict[str, str]:
    root = compose(tree.new("template"), "t").root
    own = ("Resources", function, "Properties")
    found = flattened(root).items()
    return {path[-1]: value for path, (_, value) in found if path[:3] == own}


def test_what_stands_in_globals_is_known_and_never_edited(serverless: Tree) -> None:
    new = serverless.new("template")
    assert new.startswith(GLOBALS)
    planner, worker = (properties(serverless, f"{f}Function") for f in ("Planner", "Worker"))
    assert planner["Timeout"] == "230"
    assert planner["READER_ARN"] == "ReaderFunction.Arn"
    assert "WORKER_ARN" not in planner
    assert "QUEUE" not in worker
    assert "Timeout" not in worker
    assert "main.yaml: PlannerFunction: Timeout 200 → 230 s" in (
        serverless.migrate().plan.template_changes
    )


def test_a_function_gets_an_environment_of_its_own(serverless: Tree) -> None:
    own = "          QUEUE: !Ref Stage\n          STAGE: !Ref Stage\n"
    own = f"      Environment:\n        Variables:\n{own}"
    serverless.change("template", own, "")
    assert serverless.new("template").startswith(GLOBALS)
    assert properties(serverless, "PlannerFunction")["READER_ARN"] == "ReaderFunction.Arn"


def test_its_own_properties_come_first(serverless: Tree) -> None:
    name = "      FunctionName: worker\n"
    serverless.change("template", name, f"{name}      Timeout: 300\n")
    assert properties(serverless, "PlannerFunction")["Timeout"] == "330"


def test_other_functions_have_nothing_of_globals(serverless: Tree) -> None:
    kind, name = (
        "  PlannerFunction:\n    Type: AWS::",
        "    Properties:\n      FunctionName: planner\n",
    )
    serverless.change(
        "template", f"{kind}Serverless::Function\n{name}", f"{kind}Lambda::Function\n{name}{ROLE}"
    )
    planner = properties(serverless, "PlannerFunction")
    assert planner["Timeout"] == "230"
    assert planner["WORKER_ARN"] == "WorkerFunction.Arn"
    assert "main.yaml: PlannerFunction: Timeout 3 → 230 s" in (
        serverless.migrate().plan.template_changes
    )


def test_a_time_limit_in_globals_that_is_no_number(serverless: Tree) -> None:
    serverless.change("template", "Timeout: 200", "Timeout: !Ref Stage")
    error = serverless.refusal()
    assert "not written as a number" in error.what
    assert error.line == serverless.line("template", "Timeout: !Ref")


def test_a_variable_that_is_another_there(serverless: Tree) -> None:
    text, name = serverless.text("template"), "      FunctionName: worker\n"
    before, _, worker = text.partition(name)
    worker = worker.replace("Variables:\n", "Variables:\n          QUEUE: other\n", 1)
    serverless.write("template", before + name + worker)
    assert "moved code reads QUEUE" in serverless.refusal().what
