"""Templates of odd shapes: edited where that is safe, refused in one line where it is not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from codemods.templates.yaml_text import compose, flattened
from tests.codemods.odd_tree import CALLER, OddTree

PLANNER = "import os\n\n\ndef work(x):\n    return os.environ.get('QUEUE', 'none')\n" + CALLER
TEMPLATE = """\
Parameters:
  Stage: {Type: String}
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      Policies:
        - PolicyName: all
          PolicyDocument:
            Statement:
              - Effect: Allow
                Action: lambda:InvokeFunction
                Resource: arn:aws:lambda:*:*:function:other
  PlannerFunction:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: planner
      Role: !GetAtt Role.Arn
      Timeout: 60
      Environment:
        Variables:
          QUEUE: !Ref Stage
  WorkerFunction:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: worker
      Role: !GetAtt Role.Arn
      Timeout: 100
"""
NEWLINE = "\n"
OTHER_ROLE = "  Other: {Type: 'AWS::IAM::Role'}\n"
VARIABLES = "      Environment:\n        Variables:\n          QUEUE: !Ref Stage\n"
QUEUE = "          QUEUE: !Ref Stage\n"
POLICIES = TEMPLATE[TEMPLATE.index("      Policies:") : TEMPLATE.index("  PlannerFunction:")]
STATEMENT = TEMPLATE[
    TEMPLATE.index("              - Effect") : TEMPLATE.index("  PlannerFunction:")
]
PLANNERS_ROLE = "Role: !GetAtt Role.Arn\n      Timeout: 60"
BODY = TEMPLATE[
    TEMPLATE.index("    Type: AWS::Lambda::Function\n    Properties:\n      FunctionName: w") :
]


def changed(old: str, new: str) -> str:
    assert old in TEMPLATE
    return TEMPLATE.replace(old, new, 1)


VALID = {
    "CRLF": TEMPLATE.replace("\n", "\r\n"),
    "no newline at the end": TEMPLATE.rstrip(),
    "comments everywhere": TEMPLATE.replace("  Role:\n", "  # a\n  Role: # b\n    # c\n")
    .replace("Timeout: 60\n", "Timeout: 60 # sixty\n        # odd indent\n# at the edge\n")
    .replace(QUEUE, f"          # q\n{QUEUE.rstrip()} # stage\n          # after\n        # less\n")
    .replace("function:other\n", "function:other # why\n                # below\n"),
    "tabs around values": changed("Timeout: 60", "Timeout:\t60\t# c"),
    "a directive and document marks": f"%YAML 1.1\n---\n{TEMPLATE}...\n",
    "an anchor on what is changed, and no alias": changed("  Variables:", "  Variables: &v"),
    "merge keys elsewhere": f"X: &x\n  a: 1\nY:\n  <<: *x\n{TEMPLATE}",
    "an alias that holds itself": f"X: &x\n  a: *x\n{TEMPLATE}",
    "aliases of aliases of aliases": (
        "a: &a [1, 2, 3, 4, 5, 6, 7, 8, 9]\n"
        + "".join(
            f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n"
            for old, new in zip("abcdefghij", "bcdefghijk", strict=True)
        )
        + TEMPLATE
    ),
    "a block scalar in the middle": changed(
        QUEUE,
        "          TEXT: !Sub |\n            a\n            # text\n\n            ${Stage}\n\n"
        + QUEUE,
    ),
    "a block scalar at the end": changed(
        QUEUE, f"{QUEUE}          TEXT: !Sub |\n            a\n            ${{Stage}}\n\n  # c\n"
    ),
    "a block scalar that keeps its blank lines": changed(
        QUEUE, f"{QUEUE}          TEXT: !Sub |+\n            a\n\n\n"
    ),
    "keys that are no text": f"? [a, b]\n: 1\n{TEMPLATE}",
    "a tag that would run code": f"{TEMPLATE}X: !!python/object/apply:os.system ['false']\n",
    "Variables beside a transform": changed(
        QUEUE, f"          Fn::Transform: {{Name: X}}\n{QUEUE}"
    ),
    "no Environment": changed(VARIABLES, ""),
    "a quoted time limit": changed("Timeout: 60", "Timeout: '60'"),
    "a statement that is no list": changed(
        STATEMENT,
        STATEMENT.replace("- E", "  E")
        .replace("\n  ", "\n")
        .replace("                Effect", "              Effect"),
    ),
    "statements in brackets": changed(
        f"Statement:\n{STATEMENT}", "Statement: [{Effect: Allow, Action: s3:*, Resource: '*'}]\n"
    ),
}


@pytest.mark.parametrize("shape", VALID)
def test_a_template_with(shape: str, tmp_path: Path) -> None:
    text = VALID[shape]
    new = OddTree(tmp_path, PLANNER, template=text).migrated()["main.yaml"]
    before, after = (flattened(compose(t, "t").root) for t in (text, new))
    planner = ("Resources", "PlannerFunction", "Properties")
    assert after[*planner, "Timeout"][1] == "130"
    assert after[*planner, "Environment", "Variables", "WORKER_ARN"] == (
        "!GetAtt",
        "WorkerFunction.Arn",
    )
    if "no Environment" not in shape:
        queue = ("Resources", "WorkerFunction", "Properties", "Environment", "Variables", "QUEUE")
        assert after[queue] == ("!Ref", "Stage")
    role = ("Resources", "Role")
    assert any("function:worker" in v for path, (_, v) in after.items() if path[:2] == role)
    kept = {path for path in before if path not in after or after[path] != before[path]}
    assert {path[-1] for path in kept} <= {"Timeout", "Resource"}
    newline = "\r\n" if "\r\n" in text else "\n"
    assert new.count(newline) == new.count("\n")


def refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str | bytes) -> str:
    return OddTree(tmp_path, PLANNER, template=text).refusal(capsys)


REFUSED = {
    "a tab for indentation": (
        changed("      Timeout: 60", "\tTimeout: 60"),
        ":19: this is not valid",
    ),
    "two documents": (f"{TEMPLATE}---\nResources: {{}}\n", ":29: a second document begins here"),
    "a key twice in a function": (
        changed("Timeout: 60\n", "Timeout: 60\n      Timeout: 70\n"),
        ":20: Timeout stands here again, after line 19",
    ),
    "a variable twice": (changed(QUEUE, QUEUE * 2), ":23: QUEUE stands here again, after line 22"),
    "a function twice": (
        f"{TEMPLATE}  PlannerFunction:\n{BODY}",
        ":29: PlannerFunction stands here again, after line 14",
    ),
    "Resources twice": (f"{TEMPLATE}Resources:\n  A: 1\n", ":29: Resources stands here again"),
    "an Environment that two functions share": (
        changed(VARIABLES, VARIABLES.replace("Environment:", "Environment: &e"))
        + "      Environment: *e\n",
        ":22: this part is shared through an anchor",
    ),
    "a merge key in a function": (
        changed(
            "      FunctionName: worker\n",
            "      <<: {MemorySize: 3}\n      FunctionName: worker\n",
        ),
        ":26: Environment may come from this merge key",
    ),
    "Environment without Variables": (
        changed(VARIABLES, "      Environment: {}\n"),
        ":17: Environment has no Variables",
    ),
    "Variables of !If": (
        changed(VARIABLES, "      Environment:\n        Variables: !If [P, {QUEUE: 1}, {A: 2}]\n"),
        ":21: ",
    ),
    "Variables of Fn::If": (
        changed(QUEUE, "          Fn::If: [P, {QUEUE: 1}, {A: 2}]\n"),
        ":22: the variables of PlannerFunction are what Fn::If makes them",
    ),
    "a function behind a transform": (
        TEMPLATE.replace(BODY, "    Fn::Transform:\n      Name: AWS::Include\n"),
        ":24: WorkerFunction is what a transform puts in its place",
    ),
    "a resource that is no function": (
        TEMPLATE.replace(BODY, BODY.replace("Lambda::Function", "SNS::Topic")),
        ":24: WorkerFunction is of type AWS::SNS::Topic, which is no function",
    ),
    "a role from another stack": (
        changed(PLANNERS_ROLE, PLANNERS_ROLE.replace("!GetAtt Role.Arn", "!ImportValue role")),
        ":18: PlannerFunction runs under a role that is not in this template",
    ),
    "another role, by Fn::GetAtt": (
        changed(
            PLANNERS_ROLE, PLANNERS_ROLE.replace("!GetAtt Role.Arn", "{'Fn::GetAtt': [Other, Arn]}")
        )
        + "  Other: {Type: 'AWS::IAM::Role'}\n",
        ":29: Other has no inline policy",
    ),
    "another role, by a list": (
        changed(PLANNERS_ROLE, PLANNERS_ROLE.replace("Role.Arn", "[Other, Arn]")) + OTHER_ROLE,
        ":29: Other has no inline policy",
    ),
    "a role without policies": (
        changed(POLICIES, "      Policies: []\n"),
        ":7: Role has no inline",
    ),
    "a role that is denied it": (
        changed(
            STATEMENT,
            STATEMENT.replace("Allow", "Deny").replace("arn:aws:lambda:*:*:function:other", "'*'"),
        ),
        ":13: Role is denied lambda:InvokeFunction on WorkerFunction",
    ),
    "a time limit in octal": (
        changed("Timeout: 60", "Timeout: 060"),
        ":19: this time limit is not",
    ),
    "a time limit in other digits": (changed("Timeout: 60", "Timeout: ٦٠"), ":19: this time limit"),
    "nothing in it": ("# nothing\n", ":1: this template is empty"),
    "a NUL byte": (f"{TEMPLATE}\0", ":29: this is not valid YAML: control characters"),
    "other bytes than UTF-8": (TEMPLATE.encode() + b"# \xff", ": cannot be read: it is not UTF-8"),
    "a byte order mark": (f"\ufeff{TEMPLATE}", ":1: this template begins with a byte order mark"),
    "no mapping": ("- a\n- b\n", "no template defines the function 'PlannerFunction'"),
    "a function of nearly that name": (
        TEMPLATE.replace("WorkerFunction:", "WrokerFunction:"),
        "no template defines the function 'WorkerFunction' (is 'WrokerFunction' meant?)",
    ),
    "a role of nearly that name": (
        TEMPLATE.replace("  Role:\n", "  Roel:\n"),
        "no template defines the role 'Role' (is 'Roel' meant?)",
    ),
}


@pytest.mark.parametrize("shape", REFUSED)
def test_a_template_that_is_refused_for(
    shape: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text, told = REFUSED[shape]
    line = refused(tmp_path, capsys, text)
    assert (f"main.yaml{told}" if told.startswith(":") else told) in line
    assert line.rpartition(". ")[2]


def test_a_template_in_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    class Plain(yaml.SafeLoader):
        """Tags in their long form, as JSON has them."""

    for tag, name in (("!Ref", "Ref"), ("!GetAtt", "Fn::GetAtt")):
        Plain.add_constructor(tag, lambda loader, node, name=name: {name: node.value.split(".")})
    text = json.dumps(yaml.load(TEMPLATE, Plain), indent=2)
    line = refused(tmp_path, capsys, text)
    before = text[: text.index('"QUEUE"')]
    assert f"main.yaml:{before.count(NEWLINE) + 1}: this variable must be copied" in line
