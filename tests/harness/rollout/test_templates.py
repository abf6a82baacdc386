"""References, changes, movers and advice, from templates."""

from __future__ import annotations

from pathlib import Path

import pytest

from drs_refactor.migration import Migration
from harness.results import Trees
from harness.rollout.advice import advice
from harness.rollout.changes import REPLACING, changes
from harness.rollout.judged import Judged
from harness.rollout.movers import fixed_packages, movers
from harness.rollout.references import Resource, resources_of
from harness.rollout.results import Ahead, Course, Trial
from harness.rollout.templates import read_templates
from harness.rollout.verdict import blockers
from harness.tree import read_stacks

from .conftest import Templates, before

TRIAL = Trial("s", Course(frozenset()), "divergent")


def test_a_resource_comes_after_all_that_it_names(templates: Templates) -> None:
    found = templates(
        main="""
        A: {Type: T, Properties: {x: !Ref B, y: !Sub "${C.Arn} ${!D} ${AWS::Region}"}}
        B: {Type: T, DependsOn: E}
        C: {Type: T, Properties: {x: {"Fn::GetAtt": F.Arn}}}
        D: {Type: T}
        E: {Type: T}
        F: {Type: T, Properties: {x: !Sub ["${v}${G}", {v: !GetAtt H.Arn}]}}
        G: {Type: T}
        H: {Type: T}
        """
    )
    assert before(found, "A") == {"B", "C", "E", "F", "G", "H"}
    assert before(found, "B") == {"E"}
    assert before(found, "D") == set()


def test_of_an_if_the_branch_that_is_taken_counts(tmp_path: Path, migration: Migration) -> None:
    (tmp_path / "cfn").mkdir()
    (tmp_path / "cfn/main.yaml").write_text(
        "Conditions: {Yes: !Equals [a, a]}\n"
        "Resources:\n"
        "  A: {Type: T, Properties: {x: !If [Yes, !Ref B, !Ref C]}}\n"
        "  B: {Type: T}\n"
        "  C: {Type: T}\n"
    )
    assert before(resources_of(read_stacks(tmp_path, migration)), "A") == {"B"}


def test_a_nested_stack_comes_after_all_that_it_is_given(templates: Templates) -> None:
    nested = "{Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: %s.yaml%s}}"
    found = templates(
        main=f"""
        One: {nested % ("one", "")}
        Two: {nested % ("two", ", Parameters: {P: !GetAtt One.Outputs.O}")}
        """,
        one="A: {Type: T}",
        two="B: {Type: T}",
    )
    assert before(found, "B") == {"One", "A"}
    assert before(found, "A") == set()
    assert {r.root for r in found.values()} == {"main"}


def kinds(old: dict[str, Resource], new: dict[str, Resource]) -> dict[str, tuple[str, ...]]:
    return {c.address.rpartition("/")[2]: (c.what, *c.properties) for c in changes(old, new)}


def test_what_the_templates_change(templates: Templates) -> None:
    table = "{Type: 'AWS::DynamoDB::Table', Properties: {TableName: t, AttributeDefinitions: [%s]}}"
    old = templates(
        main=f"""
        Same: {{Type: 'AWS::IAM::Role', Properties: {{RoleName: same}}}}
        Named: {{Type: 'AWS::IAM::Role', Properties: {{RoleName: old, Policies: []}}}}
        Limit: {{Type: 'AWS::Lambda::Function', Properties: {{Timeout: 3}}}}
        Gone: {{Type: 'AWS::Logs::LogGroup', DeletionPolicy: Retain}}
        Machine: {{Type: 'AWS::StepFunctions::StateMachine', Properties: {{StateMachineName: m}}}}
        Table: {table % "{AttributeName: a, AttributeType: S}"}
        """
    )
    new = templates(
        main=f"""
        Same: {{Type: 'AWS::IAM::Role', Properties: {{RoleName: !Sub same}}}}
        Named: {{Type: 'AWS::IAM::Role', Properties: {{RoleName: new, Policies: [1]}}}}
        Limit: {{Type: 'AWS::Lambda::Function', Properties: {{Timeout: 4}}}}
        Added: {{Type: 'AWS::Logs::LogGroup'}}
        Other: {{Type: 'AWS::StepFunctions::StateMachine', Properties: {{StateMachineName: m}}}}
        Table: {table % "{AttributeName: a, AttributeType: N}"}
        """
    )
    assert kinds(old, new) == {
        "Named": ("replaced", "RoleName"),
        "Limit": ("changed", "Timeout"),
        "Added": ("added",),
        "Other": ("renamed",),
        "Table": ("replaced", "AttributeDefinitions"),
        "Gone": ("removed",),
    }
    assert [change.retained for change in changes(old, new) if change.what == "removed"] == [True]
    told = blockers(changes(old, new))
    assert [line.split(":")[0] for line in told] == [
        "renamed AWS",
        "replaced AWS",
    ]
    assert "Keep the logical id" in told[0]
    assert "its items are deleted" in told[1]


def test_one_more_attribute_of_an_index_does_not_replace_a_table(templates: Templates) -> None:
    table = "T: {Type: 'AWS::DynamoDB::Table', Properties: {AttributeDefinitions: [%s]}}"
    one, two = (f"{{AttributeName: {name}, AttributeType: S}}" for name in "ab")
    found = kinds(templates(main=table % one), templates(main=table % f"{one}, {two}"))
    assert found == {"T": ("changed", "AttributeDefinitions")}


def test_the_replacing_properties_are_those_of_the_resource_types() -> None:
    """cfn-lint carries CloudFormation's own schemas."""
    pytest.importorskip("cfnlint")
    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER as schemas

    for kind, properties in REPLACING.items():
        schema = schemas.get_resource_schema("us-east-1", kind).schema
        known = {
            path.removeprefix("/properties/").partition("/")[0]
            for path in (
                *schema.get("createOnlyProperties", ()),
                *schema.get("conditionalCreateOnlyProperties", ()),
            )
        }
        missing = set(properties) - known - _NOT_IN_SCHEMAS.get(kind, set())
        assert not missing, f"{kind}: {missing}"


_NOT_IN_SCHEMAS = {
    "AWS::DynamoDB::Table": {"LocalSecondaryIndexes"},
}


def test_who_moves_the_parts_of_the_shipped_trees(trees: Trees, migration: Migration) -> None:
    parts = ("code:orchestration", "config:orchestration", "config:query-handler")
    parts += ("role:LambdaExecutionRole",)
    found = read_templates(trees, migration, parts)
    assert found.movers["code:orchestration"].by_hand
    assert [package.key for package in found.packages] == ["lambda/orchestration-stepfunctions.zip"]
    assert found.packages[0].place.endswith("refactored/cfn/lambda.yaml:75")
    config = found.movers["config:orchestration"]
    assert config.after == {"config:query-handler", "role:LambdaExecutionRole"}
    assert config.after_back == {"role:LambdaExecutionRole"}
    versioned = found.versioned["code:orchestration"]
    assert versioned.resources == config.resources


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('{S3Bucket: b, S3Key: !Sub "${Release}/f.zip"}',) * 2,
        ("{S3Bucket: b, S3Key: f.zip, S3ObjectVersion: !Ref Release}",) * 2,
        ("./src",) * 2,
        ("{ZipFile: 'def handler(): ...'}", "{ZipFile: 'def handler(): return 1'}"),
        ("{S3Bucket: b, S3Key: f-1.zip}", "{S3Bucket: b, S3Key: f-2.zip}"),
    ],
)
def test_code_that_the_stack_moves(
    templates: Templates, migration: Migration, before: str, after: str
) -> None:
    function = "OrchestrationFunction: {Type: 'AWS::Lambda::Function', Properties: {Code: %s}}"
    old = templates(main=function % before)
    new = templates(main=function % after)
    parts = ("code:orchestration",)
    assert fixed_packages(parts, migration, old, new) == []
    assert not movers(parts, migration, old, new)["code:orchestration"].by_hand


FUNCTIONS = """
OrchestrationFunction: {Type: 'AWS::Lambda::Function', Properties: {Code: ./a%s}}
QueryHandlerFunction: {Type: 'AWS::Lambda::Function', Properties: {Code: ./b}}
"""
PAIR = [Ahead("code:orchestration", "code:query-handler", TRIAL)]


def test_what_the_templates_must_say(templates: Templates, migration: Migration) -> None:
    old = new = templates(main=FUNCTIONS % "")
    parts = ("code:orchestration", "code:query-handler", "config:orchestration")
    known = movers(parts, migration, old, new)
    out, back = advice(PAIR, known, old, new)
    assert out.startswith("out: write `DependsOn: QueryHandlerFunction` into OrchestrationFunction")
    assert back.startswith("back: write `DependsOn: OrchestrationFunction` into QueryHandlerFunct")
    same = [Ahead("code:orchestration", "config:orchestration", TRIAL)]
    out, back = advice(same, known, old, new)
    assert out.startswith("out: code:orchestration last, in an update of its own")
    assert back.startswith("back: revert code:orchestration first, in an update of its own")


def test_what_they_say_already(templates: Templates, migration: Migration) -> None:
    old = templates(main=FUNCTIONS % "")
    new = templates(main=FUNCTIONS % ", Environment: {Variables: {A: !Ref QueryHandlerFunction}}")
    parts = ("code:orchestration", "code:query-handler")
    [back] = advice(PAIR, movers(parts, migration, old, new), old, new)
    assert back.startswith("back: write")
    # The reference was there before: a revert then takes the callee back first.
    [back] = advice(PAIR, movers(parts, migration, new, new), new, new)
    assert back.startswith("back: revert code:orchestration first, in an update of its own")


def test_what_is_judged_of_the_stack_by_itself(trees: Trees, migration: Migration) -> None:
    parts = ("code:orchestration", "config:orchestration", "role:LambdaExecutionRole")
    found = read_templates(trees, migration, parts)
    judged = Judged(1)
    for combination in found.passed():
        bad = "code:orchestration" in combination and "role:LambdaExecutionRole" not in combination
        judged.take([Trial("s", Course(combination), "divergent" if bad else "identical")])
    stacks = found.stacks([], judged)
    assert stacks.out.unsafe is None
    assert stacks.back.at_end
    # A failed update goes back by the old templates, which take the role first.
    assert stacks.versioned_out.unsafe is not None
    assert stacks.versioned_out.failing
    assert stacks.versioned_back.unsafe is not None
    assert not stacks.versioned_back.at_end
