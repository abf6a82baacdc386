from __future__ import annotations

import pytest

from codemods.templates.yaml_text import compose, flattened
from tests.codemods.small_tree import TEMPLATE
from tests.codemods.support import Tree

BASE = "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:"
ENTRY = ("Resources", "PlannerFunction", "Properties", "Environment", "Variables")
STACK = "  {0}:\n    Type: AWS::CloudFormation::Stack\n{1}    Properties:\n"
STACK += "      TemplateURL: !Sub 'https://${{Bucket}}/{2}'\n      Parameters: {{Stage: {3}}}\n"
PARENT = "Parameters:\n  Stage: {Type: String}\nResources:\n"


def under(tree: Tree, function: str, condition: str) -> None:
    tree.change("template", f"  {function}:\n", f"  {function}:\n    Condition: {condition}\n")


def variable(tree: Tree, name: str) -> tuple[str, str]:
    return flattened(compose(tree.new("template"), "t").root)[*ENTRY, name]


def nested(
    tree: Tree,
    stage: str = "!Ref Stage",
    ours: str = "",
    theirs: str = "",
    name: str = '!Sub "reader-${Stage}"',
) -> None:
    """The reader stands in reader.yaml; both templates are nested, under conditions if given."""
    before, _, reader = TEMPLATE.partition("  ReaderFunction:")
    head = "Parameters:\n  Stage: {Type: String}\nResources:\n  ReaderFunction:"
    tree.write("template", before)
    (tree.root / "reader.yaml").write_text(
        head + reader.replace('!Sub "reader-${Stage}"', name).replace("!GetAtt Role.Arn", "arn")
    )
    conditions = [f"    Condition: {c}\n" if c else "" for c in (ours, theirs)]
    planning = STACK.format("Planning", conditions[0], "main.yaml", "!Ref Stage")
    reading = STACK.format("Reading", conditions[1], "reader.yaml", stage)
    (tree.root / "parent.yaml").write_text(PARENT + planning + reading)


@pytest.mark.parametrize(("ours", "theirs"), [("", ""), ("IsProd", ""), ("IsProd", "IsProd")])
def test_a_callee_that_exists_where_its_caller_does(tree: Tree, ours: str, theirs: str) -> None:
    for function, condition in (("PlannerFunction", ours), ("WorkerFunction", theirs)):
        if condition:
            under(tree, function, condition)
    assert variable(tree, "WORKER_ARN") == ("!GetAtt", "WorkerFunction.Arn")


@pytest.mark.parametrize(("ours", "told"), [("", "under none"), ("IsDev", "under IsDev")])
def test_a_callee_that_may_not_exist(tree: Tree, ours: str, told: str) -> None:
    under(tree, "WorkerFunction", "IsProd")
    if ours:
        under(tree, "PlannerFunction", ours)
    error = tree.refusal()
    assert error.what == (
        "WorkerFunction exists only under the condition IsProd, and PlannerFunction, which calls "
        f"it, {told}"
    )
    assert error.place == f"{tree.path('template')}:{tree.line('template', 'Condition: IsProd')}"
    assert error.mend == "Give both the same Condition, or take it off WorkerFunction"


def test_a_variable_that_is_there_already_is_the_person_s(tree: Tree) -> None:
    under(tree, "WorkerFunction", "IsProd")
    tree.change("template", "          QUEUE:", "          WORKER_ARN: !Ref Arn\n          QUEUE:")
    assert variable(tree, "WORKER_ARN") == ("!Ref", "Arn")


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ('!Sub "reader-${Stage}"', "reader-${Stage}"),
        ("reader", "reader"),
        ("{'Fn::Sub': 'r-${Stage}-${AWS::Region}'}", "r-${Stage}-${AWS::Region}"),
        ("!Ref Stage", "${Stage}"),
    ],
)
def test_a_callee_in_another_stack_is_known_by_name(tree: Tree, name: str, written: str) -> None:
    nested(tree, name=name)
    assert variable(tree, "READER_ARN") == ("!Sub", BASE + written)
    assert f'- !Sub "{BASE}{written}"' in tree.new("template")
    for other in ("parent.yaml", "reader.yaml"):
        assert tree.migrate().wanted[other] == (tree.root / other).read_bytes()


@pytest.mark.parametrize(
    ("stage", "name", "why"),
    [
        ("prod", '!Sub "reader-${Stage}"', "made of Stage, which main.yaml and reader.yaml may be"),
        ("!Ref Stage", '!Sub "r-${AWS::StackName}"', "made of AWS::StackName, which is another in"),
        ("!Ref Stage", '!Sub "reader-${Team}"', "made of Team, which this template has not"),
        ("!Ref Stage", "!ImportValue name", "it has no FunctionName to write it from"),
    ],
)
def test_a_callee_in_another_stack_whose_name_differs(
    tree: Tree, stage: str, name: str, why: str
) -> None:
    nested(tree, stage, name=name)
    error = tree.refusal()
    assert "PlannerFunction must know the ARN of ReaderFunction, which stands in" in error.what
    assert why in error.what
    assert error.line == tree.line("template", "      FunctionName: planner")
    assert error.mend.startswith("Pass it as a parameter")


@pytest.mark.parametrize(("ours", "theirs"), [("IsProd", "IsProd"), ("IsProd", "")])
def test_stacks_that_exist_together(tree: Tree, ours: str, theirs: str) -> None:
    nested(tree, ours=ours, theirs=theirs)
    assert variable(tree, "READER_ARN")[0] == "!Sub"


def test_a_stack_that_may_not_exist(tree: Tree) -> None:
    nested(tree, theirs="IsProd")
    error = tree.refusal()
    assert error.what == (
        "the stack of ReaderFunction exists only under the condition IsProd, and PlannerFunction, "
        "which calls it, under none"
    )
    assert error.place == f"{tree.root / 'parent.yaml'}:11"
