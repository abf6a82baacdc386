"""Moved code keeps the permissions that it had where its new home has a role of its own."""

from __future__ import annotations

import pytest

from tests.codemods.small_tree import PLANNER, TEMPLATE
from tests.codemods.support import Tree

START, TABLES = "glue:StartCrawler", "dynamodb:GetItem"
ROLE = """\
  {0}:
    Type: AWS::IAM::Role
    Properties:
      Policies:
        - PolicyName: all
          PolicyDocument:
            Statement:
"""
INVOKE = "              - {Effect: Allow, Action: 'lambda:*', Resource: '*'}\n"
FUNCTIONS = TEMPLATE[TEMPLATE.index("  PlannerFunction:") :]


def allow(action: str, resource: str = '"*"', more: str = "") -> str:
    return (
        f"              - Effect: Allow\n                Action: {action}\n{more}"
        f"                Resource: {resource}\n"
    )


def one_role_each(
    tree: Tree, planners: str, workers: str = "", also: str = "", service: str = "glue"
) -> Tree:
    """The planner and the worker have roles of their own; what moves uses a service."""
    tree.configure('services_gone = ["batch"]\n', "")
    uses = f"boto3.client('{service}').start_crawler(Name='x')\n    state[\"queue\"]"
    tree.write("planner", PLANNER.replace('state["queue"]', uses))
    roles = ROLE.format("Role") + INVOKE
    for name, statements in (("PlannerRole", planners), ("WorkerRole", workers)):
        roles += ROLE.format(name) + INVOKE + statements
    functions = FUNCTIONS
    for name in ("planner", "worker"):
        old = f"FunctionName: {name}\n      Role: !GetAtt Role.Arn"
        functions = functions.replace(old, old.replace("Role.", f"{name.title()}Role."))
    head = TEMPLATE[: TEMPLATE.index("  Role:")]
    tree.write("template", head + roles + functions + also)
    return tree


def added(tree: Tree) -> str:
    """What the worker's role was given."""
    before, after = (
        text.partition("  WorkerRole:")[2].partition("  PlannerFunction:")[0]
        for text in (tree.text("template"), tree.new("template"))
    )
    assert after.startswith(before)
    return after.removeprefix(before)


def told(tree: Tree) -> list[str]:
    plan = tree.migrate().plan
    return [m for m in plan.mentions if "moved code" in m or "WorkerRole" in m]


QUEUE = "  Queue: {Type: 'AWS::SQS::Queue'}\n"
LIST = f"\n                  - {START}\n                  - glue:GetCrawlers  # all"
SUB = '!Sub "arn:${AWS::Partition}:glue:*:*:crawler/${Stage}-*"'
KEYS = "                Sid: Crawl  # by name\n\n                # those of the night\n"


@pytest.mark.parametrize(
    ("planners", "given", "names"),
    [
        (allow(START), None, START),
        (allow(LIST), None, f"{START}, glue:GetCrawlers"),
        (allow("glue:*", SUB, KEYS), None, "glue:*"),
        (allow("Glue:start*", "!GetAtt Queue.Arn"), None, "Glue:start*"),
        (
            f"              - {{Effect: Allow, Action: '{START}',\n"
            "                 Resource: '*'}\n",
            None,
            START,
        ),
        (
            allow(f"[{START}, s3:GetObject]", "[a, !Ref Stage]"),
            "              - Effect: Allow\n                Action:\n"
            f"                  - {START}\n                Resource:\n"
            "                  - a\n                  - !Ref Stage\n",
            START,
        ),
    ],
)
def test_a_statement_goes_along(tree: Tree, planners: str, given: str | None, names: str) -> None:
    one_role_each(tree, allow("s3:*") + planners + allow(TABLES), also=QUEUE)
    assert added(tree) == (planners if given is None else given)
    line = tree.line("template", planners)
    change = f"main.yaml: WorkerRole: also allows {names} (as PlannerRole does, main.yaml:{line})"
    assert change in tree.migrate().plan.template_changes
    assert told(tree) == []


@pytest.mark.parametrize(
    ("planners", "workers"),
    [
        (allow(START), allow("glue:*")),
        (allow(START), allow("'GLUE:Start*'")),
        (allow(START), allow("'*'")),
        (allow(START, SUB), allow(START, f"[a, {SUB}]")),
        (allow("s3:*"), ""),
        (allow(START).replace("Allow", "Deny"), ""),
    ],
)
def test_what_is_allowed_there_already_is_not_copied(
    tree: Tree, planners: str, workers: str
) -> None:
    one_role_each(tree, planners, workers)
    assert added(tree) == ""
    assert told(tree) == []


@pytest.mark.parametrize(
    "workers",
    [
        allow("glue:GetCrawlers"),
        allow(START, "a"),
        allow(START).replace("Allow", "Deny"),
        allow(START, more="                Condition: {Bool: {a: true}}\n"),
    ],
)
def test_what_allows_less_does_not_count(tree: Tree, workers: str) -> None:
    assert added(one_role_each(tree, allow(START), workers)) == allow(START)


CONDITION = "                Condition: {Bool: {a: true}}\n"
SHARED = allow(START, "&r [a]") + allow(TABLES, "*r")
CIRCLE = "  Queue: {Properties: {A: !Ref WorkerFunction}}\n"


@pytest.mark.parametrize(
    ("planners", "also", "why"),
    [
        (allow(START, more=CONDITION), "", "it has Condition"),
        (allow(START).replace("Resource", "NotResource"), "", "it has NotResource"),
        (SHARED, "", "this part is shared through an anchor"),
        (allow("'*'"), "", "it allows every service"),
        (allow(START, "!GetAtt Queue.Arn"), CIRCLE, "Queue, which it names, refers to WorkerRole"),
        (
            allow(START, "!GetAtt Queue.Arn"),
            QUEUE.replace("}", ", Condition: IsProd}"),
            "Queue, which it names, exists only under IsProd",
        ),
        (
            allow("s3:*"),
            "  Policy:\n    Type: AWS::IAM::Policy\n    Properties:\n"
            "      Roles: [!Ref PlannerRole]\n"
            f"      PolicyDocument: {{Statement: {{Effect: Allow, Action: '{START}'}}}}\n",
            "it stands in a policy of its own",
        ),
    ],
)
def test_what_cannot_be_copied_is_told(tree: Tree, planners: str, also: str, why: str) -> None:
    one_role_each(tree, planners, also=also)
    assert added(tree) == ""
    line = told(tree)[0]
    assert line.startswith("WorkerRole: must allow ")
    assert "(as PlannerRole does, main.yaml:" in line
    assert why in line


def test_a_role_without_a_list_of_statements(tree: Tree) -> None:
    one_role_each(tree, allow(START))
    before, _, rest = tree.text("template").partition(ROLE.format("WorkerRole") + INVOKE)
    tree.write("template", f"{before}  WorkerRole: {{Type: 'AWS::IAM::Role'}}\n{rest}")
    assert "WorkerRole has no inline policy with a list" in told(tree)[0]


def test_a_managed_policy_may_allow_it(tree: Tree) -> None:
    one_role_each(tree, allow("s3:*"))
    planner = "  PlannerRole:\n    Type: AWS::IAM::Role\n    Properties:\n"
    arn = "arn:aws:iam::aws:policy"
    basic = f"{arn}/service-role/AWSLambdaBasicExecutionRole"
    tree.change(
        "template", planner, f"{planner}      ManagedPolicyArns: ['{basic}', '{arn}/Glue']\n"
    )
    line = tree.line("template", "ManagedPolicyArns")
    assert told(tree) == [
        f"WorkerRole: moved code uses glue, which PlannerRole may be allowed by '{arn}/Glue' "
        f"(main.yaml:{line}): see that WorkerRole is, too"
    ]


def test_a_service_that_cannot_be_told(tree: Tree) -> None:
    one_role_each(tree, allow(START))
    tree.change("planner", "boto3.client('glue')", "boto3.client(state['kind'])")
    line = tree.line("planner", "boto3.client(state")
    assert told(tree) == [
        "WorkerRole: moved code makes a client of a service that cannot be told "
        f"(fn/planner/index.py:{line}): compare with PlannerRole"
    ]


def test_moved_code_without_services_needs_nothing(tree: Tree) -> None:
    one_role_each(tree, allow(START), "              - <<: {Effect: Allow}\n")
    tree.change("planner", "boto3.client('glue').start_crawler(Name='x')", "pass")
    assert added(tree) == ""
    assert told(tree) == []


def test_a_role_that_cannot_be_read(tree: Tree) -> None:
    one_role_each(tree, allow(START), "              - <<: {Effect: Allow}\n")
    assert "the role cannot be compared with PlannerRole" in told(tree)[0]


def test_actions_of_another_name_than_the_service(tree: Tree) -> None:
    one_role_each(tree, allow("states:StartExecution"), service="stepfunctions")
    assert added(tree) == allow("states:StartExecution")


@pytest.mark.parametrize("written", ["PlannerRole.Arn", "[PlannerRole, Arn]"])
def test_one_role_for_both_needs_nothing(tree: Tree, written: str) -> None:
    one_role_each(tree, allow(START))
    tree.write("template", tree.text("template").replace("WorkerRole.Arn", written))
    tree.change("planner", "boto3.client('glue')", "boto3.client(state['kind'])")
    assert added(tree) == ""
    assert told(tree) == []


def test_a_sid_that_is_taken_stays_behind(tree: Tree) -> None:
    sid = "                Sid: One\n"
    one_role_each(tree, allow(START, more=sid), allow("s3:*", more=sid))
    assert "Sid" not in added(tree)
    assert START in added(tree)


ITEM = "[{Effect: Allow, Action: 'lambda:*', Resource: '*'}"


def in_brackets(tree: Tree) -> None:
    role = ROLE.format("WorkerRole")
    flow = role.replace("Statement:\n", f"Statement: {ITEM}]\n")
    tree.change("template", role + INVOKE, flow)


def test_what_cannot_stand_in_brackets_is_told(tree: Tree) -> None:
    one_role_each(tree, allow(START, "!Sub arn:${AWS::Partition}:glue:*:*:crawler/*"))
    in_brackets(tree)
    assert "cannot be copied: " in told(tree)[0]


def test_a_list_in_brackets(tree: Tree) -> None:
    one_role_each(tree, allow(f"[{START}, s3:GetObject]"))
    in_brackets(tree)
    copy = f', {{Effect: Allow, Action: [{START}], Resource: ["*"]}}]'
    assert f"Statement: {ITEM}{copy}\n" in tree.new("template")


def test_a_template_of_its_own_for_each(tree: Tree) -> None:
    one_role_each(tree, allow(START, SUB) + allow("glue:Get*", "!GetAtt Queue.Arn"), also=QUEUE)
    before, _, rest = tree.text("template").partition("  WorkerRole:")
    role, _, functions = rest.partition("  PlannerFunction:")
    planner, _, worker = functions.partition("  # The one that works.")
    own, _, others = worker.partition("  ReaderFunction:")
    head = TEMPLATE[: TEMPLATE.index("  Role:")].replace("String}", "String, Default: dev}")
    tree.write(
        "template",
        before.replace("String}", "String, Default: dev}")
        + f"  PlannerFunction:{planner}  ReaderFunction:{others}",
    )
    (tree.root / "worker.yaml").write_text(f"{head}  WorkerRole:{role}{own}")
    assert allow(START, SUB) in tree.migrate().wanted["worker.yaml"].decode()
    assert "it refers to Queue.Arn of another template" in told(tree)[0]
