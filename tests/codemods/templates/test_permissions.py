from __future__ import annotations

import pytest

from tests.codemods.small_tree import TEMPLATE
from tests.codemods.support import Tree

OLD = """\
              - Effect: Allow
                Action: lambda:InvokeFunction
                Resource: arn:aws:lambda:*:*:function:other
"""
BASE = "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:"
READER, WORKER = f'!Sub "{BASE}reader-${{Stage}}"', f'!Sub "{BASE}worker"'


def role(tree: Tree, statements: str) -> str:
    """The role's part of the new template."""
    tree.change("template", OLD, statements)
    return tree.new("template").partition("            Statement:")[2].partition("  PlannerF")[0]


def allow(resource: str, action: str = "lambda:InvokeFunction") -> str:
    return (
        f"              - Effect: Allow\n                Action: {action}\n"
        f"                Resource: {resource}\n"
    )


@pytest.mark.parametrize(
    "statements",
    [
        allow("'*'"),
        allow("arn:aws:lambda:*:*:function:*"),
        allow(f"\n                  - {WORKER}\n                  - !GetAtt ReaderFunction.Arn"),
        allow(
            f'\n                  - !Sub "${{ReaderFunction.Arn}}"\n                  - {WORKER}'
        ),
        allow("'*'", "'lambda:*'"),
        allow("'*'", "[s3:GetObject, lambda:invokefunction]"),
    ],
)
def test_what_is_allowed_already_stays(tree: Tree, statements: str) -> None:
    assert role(tree, statements) == f"\n{statements}\n"


def test_a_single_resource_becomes_a_list(tree: Tree) -> None:
    new = role(tree, OLD)
    assert new == (
        "\n              - Effect: Allow\n                Action: lambda:InvokeFunction\n"
        "                Resource:\n                  - arn:aws:lambda:*:*:function:other\n"
        f"                  - {READER}\n                  - {WORKER}\n\n"
    )


def test_a_single_resource_within_brackets_becomes_a_list(tree: Tree) -> None:
    old = "              - {{Effect: Allow, Action: lambda:InvokeFunction, Resource: {}}}\n"
    new = f"\n{old.format(f'[a, {READER}, {WORKER}]')}\n"
    assert role(tree, old.format("a")) == new


def test_a_list_of_resources_grows(tree: Tree) -> None:
    old = allow("\n                  - a  # one\n                  - b")
    assert (
        role(tree, old) == f"\n{old}                  - {READER}\n                  - {WORKER}\n\n"
    )


def test_only_what_is_missing_is_added(tree: Tree) -> None:
    new = role(tree, allow(f"\n                  - {READER}"))
    assert new.count(READER) == 1
    assert new.count(WORKER) == 1


@pytest.mark.parametrize(
    "old",
    [
        allow("'*'", "s3:GetObject"),
        allow(
            "arn:aws:lambda:*:*:function:other", "[lambda:InvokeFunction, lambda:DeleteFunction]"
        ),
        allow("arn:aws:lambda:*:*:function:other").replace("Allow", "Deny"),
        allow("'*'") + "                Condition: {Bool: {a: 'true'}}\n",
    ],
)
def test_a_statement_of_its_own_where_none_fits(tree: Tree, old: str) -> None:
    assert role(tree, old) == (
        f"\n{old}              - Effect: Allow\n                Action: lambda:InvokeFunction\n"
        f"                Resource:\n                  - {READER}\n                  - {WORKER}\n\n"
    )


@pytest.mark.parametrize(
    ("old", "new", "at", "what"),
    [
        ("      Policies:", "      Policy:", "      Policy:", "no inline policy"),
        (
            "FunctionName: planner\n      Role: !GetAtt Role.Arn",
            "Role: !GetAtt WorkerFunction.Arn",
            "Role: !GetAtt W",
            "runs under WorkerFunction",
        ),
        (
            "      FunctionName: worker\n",
            "",
            "      Role: !GetAtt Role.Arn\n      Timeout: 100",
            "has no FunctionName",
        ),
        (
            "FunctionName: worker",
            "FunctionName: !Sub 'worker-${Lost}'",
            "      Policies:",
            "is made of Lost",
        ),
        (
            "  Role:\n    Type: AWS::IAM::Role",
            "  Roll:\n    Type: AWS::IAM::Role",
            "",
            "no template defines the role 'Role'",
        ),
    ],
)
def test_what_cannot_be_allowed_is_refused(
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


def test_policies_as_resources_of_their_own_are_refused(tree: Tree) -> None:
    before, _, rest = TEMPLATE.partition("      Policies:")
    after = rest[rest.index("  PlannerFunction:") :]
    policy = (
        "      Path: /\n  Policy:\n    Type: AWS::IAM::Policy\n"
        "    Properties: {Roles: [!Ref Role]}\n"
    )
    tree.write("template", before + policy + after)
    error = tree.refusal()
    assert "AWS::IAM::Policy" in error.mend
    assert error.line == tree.line("template", "      Path: /")


def test_no_role_is_named(tree: Tree) -> None:
    tree.configure('role = "Role"\n', "")
    tree.change(
        "template", "FunctionName: planner\n      Role: !GetAtt Role.Arn", "FunctionName: planner"
    )
    assert "no role is named" in tree.refusal().what


def test_a_role_of_its_own_is_the_one_that_is_allowed(tree: Tree) -> None:
    tree.configure('role = "Role"\n', "")
    text = tree.text("template")
    policy = text[text.index("      Policies:") : text.index("  PlannerFunction:")].rstrip() + "\n"
    own = f"  PlannerRole:\n    Type: AWS::IAM::Role\n    Properties:\n{policy}\n"
    text = text.replace("  PlannerFunction:", f"{own}  PlannerFunction:")
    text = text.replace(
        "planner\n      Role: !GetAtt Role.Arn", "planner\n      Role: !GetAtt PlannerRole.Arn"
    )
    tree.write("template", text)
    new = tree.new("template")
    shared, _, planners = new.partition("  PlannerRole:")
    assert (shared.count(READER), shared.count(WORKER)) == (0, 0)
    assert (planners.count(READER), planners.count(WORKER)) == (1, 1)
    assert "main.yaml: PlannerRole: may invoke ReaderFunction, WorkerFunction" in (
        tree.migrate().plan.template_changes
    )


def test_a_wildcard_needs_no_name(tree: Tree) -> None:
    tree.change("template", "      FunctionName: worker\n", "")
    statement = allow("arn:aws:lambda:*:*:function:*")
    assert role(tree, statement) == f"\n{statement}\n"


def own_role(tree: Tree, condition: str = "") -> None:
    """The planner runs under a role that nothing else does, and the worker has no name."""
    text = tree.text("template")
    policy = text[text.index("      Policies:") : text.index("  PlannerFunction:")].rstrip() + "\n"
    own = f"  PlannerRole:\n    Type: AWS::IAM::Role\n{condition}    Properties:\n{policy}\n"
    planner = "FunctionName: planner\n      Role: !GetAtt {}.Arn"
    text = text.replace(planner.format("Role"), planner.format("PlannerRole"))
    text = text.replace("      FunctionName: worker\n", "")
    tree.write("template", text.replace("  PlannerFunction:", f"{own}  PlannerFunction:"))


def test_a_function_without_a_name_is_allowed_by_reference(tree: Tree) -> None:
    own_role(tree)
    assert "                  - !GetAtt WorkerFunction.Arn\n" in tree.new("template")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Timeout: 100\n", "Timeout: 100\n      KmsKeyArn: !Ref PlannerRole\n"),
        ("  PlannerFunction:\n", "  PlannerFunction:\n    Condition: IsProd\n"),
    ],
)
def test_a_reference_must_be_one_that_can_be_deployed(tree: Tree, old: str, new: str) -> None:
    own_role(tree)
    tree.change("template", old, new)
    if "Condition" in new:
        tree.change("template", "  WorkerFunction:\n", "  WorkerFunction:\n    Condition: IsProd\n")
    assert "WorkerFunction has no FunctionName" in tree.refusal().what


@pytest.mark.parametrize(
    "resource",
    [
        "!If [A, b, c]",
        "{'Fn::GetAtt': [Other, Arn]}",
        "!GetAtt [Other, Arn]",
        "\n                  Fn::GetAtt: [Other, Arn]",
    ],
)
def test_a_resource_by_an_intrinsic_function_becomes_the_first_of_a_list(
    tree: Tree, resource: str
) -> None:
    new = role(tree, allow(resource))
    assert new.split() == f"{allow(f'- {resource}')} - {READER} - {WORKER}".split()
    assert "\n\n" not in new.rstrip()


def test_a_role_in_another_template(tree: Tree) -> None:
    before, _, functions = TEMPLATE.partition("  PlannerFunction:")
    head = TEMPLATE[: TEMPLATE.index("  Role:")]
    tree.write("template", before)
    functions = functions.replace("!GetAtt Role.Arn", "!Ref RoleArn")
    (tree.root / "functions.yaml").write_text(f"{head}  PlannerFunction:{functions}")
    error = tree.refusal()
    assert error.what == (
        "the name of ReaderFunction is made of Stage, which main.yaml and functions.yaml may be "
        "given differently"
    )
    assert error.place == f"{tree.path('template')}:{tree.line('template', '      Policies:')}"
    stack = "  {}:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n"
    stack += "      TemplateURL: {}.yaml\n      Parameters: {{Stage: !Ref Stage}}\n"
    stacks = stack.format("A", "main") + stack.format("B", "functions")
    (tree.root / "parent.yaml").write_text(head + stacks)
    tree.changed()
    assert READER in tree.new("template")
