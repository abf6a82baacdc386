from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import pytest

from drs_refactor.errors import InputError
from harness.aws.templates.stack import Stack, stacks_of


def stacks(folder: Path, parameters: dict[str, str] | None = None, **files: str) -> list[Stack]:
    paths = []
    for name, text in files.items():
        path = folder / f"{name}.yaml"
        path.write_text(textwrap.dedent(text))
        paths.append(path)
    return stacks_of(paths, parameters or {})


BASE = """
    Parameters:
      Project: {{Type: String, Default: dr}}
      Stage: {{Type: String, Default: prod}}
      Zones: {{Type: CommaDelimitedList, Default: "a,b"}}
    Mappings:
      Sizes: {{prod: {{memory: 512}}, dev: {{memory: 128}}}}
    Conditions:
      IsProd: !Equals [!Ref Stage, prod]
      Never: !And [!Condition IsProd, !Not [!Condition IsProd]]
    Resources:
      Table: {{Type: "AWS::DynamoDB::Table", Properties: {{TableName: !Sub "${{Project}}-t"}}}}
      Unnamed: {{Type: "AWS::DynamoDB::Table"}}
      Gone: {{Type: "AWS::DynamoDB::Table", Condition: Never}}
      Function:
        Type: AWS::Lambda::Function
        Properties: {{FunctionName: f, Value: {value}}}
"""


@pytest.mark.parametrize(
    ("value", "result"),
    [
        ("!Ref Project", "dr"),
        ("!Ref Table", "dr-t"),
        ("!Ref Unnamed", "main-Unnamed"),
        ("!Ref AWS::Region", "us-east-1"),
        ("!GetAtt Table.Arn", "arn:aws:dynamodb:us-east-1:123456789012:table/dr-t"),
        ("!GetAtt [Function, Arn]", "arn:aws:lambda:us-east-1:123456789012:function:f"),
        (
            '!Sub "${Table.Arn}/x-${AWS::AccountId}-${!literal}"',
            "arn:aws:dynamodb:us-east-1:123456789012:table/dr-t/x-123456789012-${literal}",
        ),
        ('!Sub ["${A}-${Project}", {A: !Ref Stage}]', "prod-dr"),
        ('!Join ["-", [a, !Ref Stage]]', "a-prod"),
        ('!Select [1, !Split [":", "a:b:c"]]', "b"),
        ("!Select [0, !Ref Zones]", "a"),
        ("!If [IsProd, 1, 2]", 1),
        ("!If [Never, 1, !Ref AWS::NoValue]", None),
        ("!FindInMap [Sizes, !Ref Stage, memory]", 512),
        ("2026-01-05", "2026-01-05"),
        ("{Fn::Sub: '${Stage}'}", "prod"),
    ],
)
def test_intrinsics(tmp_path: Path, value: str, result: Any) -> None:
    (stack,) = stacks(tmp_path, main=BASE.format(value=value))
    function = stack.resources("AWS::Lambda::Function")["Function"]
    assert stack.properties(function, "Value").get("Value") == result


def test_a_resource_whose_condition_is_false_does_not_exist(tmp_path: Path) -> None:
    (stack,) = stacks(tmp_path, main=BASE.format(value="1"))
    assert set(stack.resources("AWS::DynamoDB::Table")) == {"Table", "Unnamed"}


def test_given_parameters_win_over_defaults(tmp_path: Path) -> None:
    (stack,) = stacks(tmp_path, {"Stage": "dev"}, main=BASE.format(value="!If [IsProd, 1, 2]"))
    function = stack.resources("AWS::Lambda::Function")["Function"]
    assert stack.properties(function, "Value") == {"Value": 2}


def test_nested_stacks_pass_outputs_to_one_another_in_any_order(tmp_path: Path) -> None:
    found = stacks(
        tmp_path,
        main="""
            Resources:
              Code:
                Type: AWS::CloudFormation::Stack
                Properties:
                  TemplateURL: !Sub "https://${Bucket}.s3.amazonaws.com/cfn/code.yaml"
                  Parameters: {TableName: !GetAtt Data.Outputs.Name}
              Data:
                Type: AWS::CloudFormation::Stack
                Properties: {TemplateURL: ./data.yaml, Parameters: {Stage: prod}}
        """,
        code="""
            Parameters: {TableName: {Type: String}}
            Resources:
              F: {Type: "AWS::Lambda::Function", Properties: {Env: !Ref TableName}}
        """,
        data="""
            Parameters: {Stage: {Type: String}}
            Resources:
              T: {Type: "AWS::DynamoDB::Table", Properties: {TableName: !Sub "t-${Stage}"}}
            Outputs: {Name: {Value: !Ref T}}
        """,
    )
    assert [stack.name for stack in found] == ["main", "main-Code", "main-Data"]
    code = found[1]
    assert code.properties(code.resources("AWS::Lambda::Function")["F"], "Env") == {"Env": "t-prod"}


def test_exports_reach_other_stacks(tmp_path: Path) -> None:
    found = stacks(
        tmp_path,
        data="""
            Resources: {T: {Type: "AWS::DynamoDB::Table", Properties: {TableName: t}}}
            Outputs: {Name: {Value: !Ref T, Export: {Name: the-table}}}
        """,
        other="""
            Resources:
              F: {Type: "AWS::Lambda::Function", Properties: {Env: !ImportValue the-table}}
        """,
    )
    other = found[1]
    assert other.properties(other.resources("AWS::Lambda::Function")["F"], "Env") == {"Env": "t"}


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("Resources:\n  A: {Type: x, Properties: {V: !Cidr [a]}}", 2, "Fn::Cidr is not evaluated"),
        ("Resources:\n  A: {Type: x,\n    Properties: {V: !Ref Nobody}}", 3, "'Nobody'"),
        (
            "Parameters:\n  P:\n    Type: String\nResources:\n  A: {Type: x, Properties: {V: !Ref P}}",
            3,
            "parameter P has no value",
        ),
    ],
)
def test_what_cannot_be_evaluated_is_told_with_its_line(
    tmp_path: Path, text: str, line: int, what: str
) -> None:
    (stack,) = stacks(tmp_path, main=text)
    with pytest.raises(InputError) as caught:
        stack.properties(stack.resources("x")["A"], "V")
    assert caught.value.place.endswith(f"main.yaml:{line}")
    assert what in caught.value.what
    assert "migration.toml" in caught.value.mend


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("Resources:\n  A: {Type: x\n", 3, "not valid YAML"),
        ("Resources:\n\tA: 1\n", 2, "not valid YAML"),
        ("Just: text", None, "no CloudFormation template"),
        ("", None, "no CloudFormation template"),
    ],
)
def test_a_file_that_is_no_template(tmp_path: Path, text: str, line: int | None, what: str) -> None:
    with pytest.raises(InputError) as caught:
        stacks(tmp_path, main=text)
    assert what in caught.value.what
    assert caught.value.place.endswith(f":{line}" if line else "main.yaml")


OVERRIDES = {
    "!Cidr [a]": "main.yaml:2",
    "!Ref Nobody": "Nobody",
    "!GetAtt Net.Outputs.Id": "Net.Outputs.Id",
    "!ImportValue elsewhere": "elsewhere",
    "!Sub 'a-${Net.Outputs.Id}'": "main.yaml:2",
}


@pytest.mark.parametrize(("value", "key"), OVERRIDES.items(), ids=OVERRIDES)
def test_what_cannot_be_evaluated_can_be_said(tmp_path: Path, value: str, key: str) -> None:
    text = f"Resources:\n  A: {{Type: x, Properties: {{V: {value}}}}}\n"
    (tmp_path / "main.yaml").write_text(text, encoding="utf-8")
    paths = [tmp_path / "main.yaml"]
    (stack,) = stacks_of(paths, {})
    with pytest.raises(InputError) as caught:
        stack.properties(stack.resources("x")["A"], "V")
    assert caught.value.mend.endswith(f'[templates.values] "{key}" = "…"')
    (stack,) = stacks_of(paths, {}, {key: "said"})
    assert stack.properties(stack.resources("x")["A"], "V") == {"V": "said"}


def test_a_part_of_a_text_can_be_said_too(tmp_path: Path) -> None:
    text = "Resources:\n  A: {Type: x, Properties: {V: !Sub 'a-${Net.Outputs.Id}-${Who}'}}\n"
    (tmp_path / "main.yaml").write_text(text, encoding="utf-8")
    (stack,) = stacks_of([tmp_path / "main.yaml"], {}, {"Net.Outputs.Id": "n", "Who": "w"})
    assert stack.properties(stack.resources("x")["A"], "V") == {"V": "a-n-w"}
