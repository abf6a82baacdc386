"""Serverless functions without a role: SAM makes one of their `Policies`."""

from __future__ import annotations

import pytest

from codemods.templates.yaml_text import compose, items, read
from tests.codemods.small_tree import SERVERLESS
from tests.codemods.support import Tree

PLANNER = "      CodeUri: s3://code/planner.zip\n"
BASE = "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:"
ARNS = ["!GetAtt ReaderFunction.Arn", f'!Sub "{BASE}worker"']
ALLOWED = """\
      Policies:
        - Statement:
            - Effect: Allow
              Action: {}
              Resource: {}
"""
INVOKE = "lambda:InvokeFunction"


def with_policies(tree: Tree, policies: str) -> Tree:
    tree.configure('role = "Role"\n', "")
    tree.write("template", SERVERLESS.replace(PLANNER, PLANNER + policies))
    return tree


@pytest.mark.parametrize(
    "policies",
    [
        "",
        "      Policies: AWSLambdaBasicExecutionRole\n",
        "      Policies: AWSLambdaBasicExecutionRole # why\n      MemorySize: 512\n",
        "      Policies: [AWSLambdaBasicExecutionRole]\n",
        "      Policies:\n        - AWSLambdaBasicExecutionRole\n        # last\n",
        "      Policies:\n      - AWSLambdaBasicExecutionRole\n",
        "      Policies: []\n",
        "      Policies:\n        - SQSPollerPolicy: {QueueName: q}\n      MemorySize: 512\n",
        ALLOWED.format("s3:GetObject", "'*'"),
        ALLOWED.format(INVOKE, "arn:aws:lambda:*:*:function:other"),
        "      Policies:\n        Statement:\n          - {Effect: Deny, Action: s3:*}\n",
        "      Policies: {Statement: [{Effect: Allow, Action: s3:*, Resource: '*'}]}\n",
    ],
)
def test_the_permission_goes_into_the_function_s_own_policies(tree: Tree, policies: str) -> None:
    new = with_policies(tree, policies).new("template")
    document = compose(new, "t")
    planner = document.get(document.root, "Resources", "PlannerFunction", "Properties")
    found = items(read(planner, "Policies"))
    statements = [s for policy in found for s in items(read(policy, "Statement"))]
    arns = [
        document.source(arn)
        for s in statements
        if INVOKE in document.source(s)
        for arn in items(read(s, "Resource"))
    ]
    assert [arn for arn in arns if arn.startswith("!")] == ARNS
    assert "AWSLambdaBasicExecutionRole" not in policies or found[0].value == (
        "AWSLambdaBasicExecutionRole"
    )


@pytest.mark.parametrize("policies", ["", ", Policies: AWSLambdaBasicExecutionRole"])
def test_a_function_within_brackets(tree: Tree, policies: str) -> None:
    with_policies(tree, "")
    text = tree.text("template")
    start, end = text.index("    Properties:\n"), text.index("  WorkerFunction:")
    variables = "Environment: {Variables: {QUEUE: q, STAGE: s}}"
    flow = f"    Properties: {{CodeUri: s3://code/planner.zip{policies}, {variables}}}\n"
    tree.write("template", text[:start] + flow + text[end:])
    statement = f"{{Effect: Allow, Action: {INVOKE}, Resource: [{', '.join(ARNS)}]}}"
    item = f"{{Statement: [{statement}]}}"
    assert item in tree.new("template")


def test_policies_at_the_end_stay_one_list(tree: Tree) -> None:
    with_policies(tree, "")
    last = "          STAGE: s\n"
    tree.change("template", last, f"{last}      Policies:\n      - AWSLambdaBasicExecutionRole\n")
    new = tree.new("template").partition("  WorkerFunction:")[0]
    indent = " " * 14
    assert new.endswith(f"{indent}- {ARNS[0]}\n{indent}- {ARNS[1]}\n      Timeout: 80\n")


def test_moved_code_takes_its_permissions_along(tree: Tree) -> None:
    with_policies(tree, ALLOWED.format("batch:SubmitJob", "'*'"))
    tree.configure('services_gone = ["batch"]\n', "")
    tree.change("planner", 'state["queue"] = QUEUE', "boto3.client('batch').submit_job(q=QUEUE)")
    worker = tree.new("template").partition("  WorkerFunction:")[2].partition("  Reader")[0]
    assert worker.endswith(ALLOWED.format("batch:SubmitJob", "'*'"))


@pytest.mark.parametrize(
    "policies",
    [
        ALLOWED.format(INVOKE, "'*'"),
        ALLOWED.format("'*'", f"['{BASE}worker', 'arn:aws:lambda:*:*:function:*']"),
    ],
)
def test_what_is_allowed_already_stays(tree: Tree, policies: str) -> None:
    assert policies in with_policies(tree, policies).new("template")
    changes = tree.migrate().plan.template_changes
    assert not [change for change in changes if "may invoke" in change]


@pytest.mark.parametrize(
    ("policies", "what"),
    [
        ("      Policies:\n        SQSPollerPolicy:\n          QueueName: q\n", "has Policies to"),
        ("      Policies: !If [A, [B], [C]]\n", "has Policies to"),
        (ALLOWED.format(INVOKE, "'*'").replace("Allow", "Deny"), "is denied lambda:InvokeFunction"),
    ],
)
def test_what_cannot_be_allowed_is_refused(tree: Tree, policies: str, what: str) -> None:
    error = with_policies(tree, policies).refusal()
    assert f"PlannerFunction {what}" in error.what
    assert error.line is not None
    assert error.line >= tree.line("template", "Policies:")


def test_a_reference_to_a_function_without_a_name_closes_no_circle(tree: Tree) -> None:
    with_policies(tree, "")
    reader = "      CodeUri: s3://code/reader.zip\n"
    known = "      Environment: {Variables: {ROLE: !GetAtt PlannerFunctionRole.Arn}}\n"
    tree.change("template", reader, reader + known)
    assert "ReaderFunction has no FunctionName" in tree.refusal().what
