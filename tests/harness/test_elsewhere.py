"""The templates as other deployments read them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from drs_refactor.migration import Migration
from harness.elsewhere import DEPLOYMENT, Elsewhere, deployments, elsewhere
from harness.results import Trees
from harness.scenario_files import select, shipped
from harness.tree import read_tree
from harness.values import MISSING
from harness.verify import verify

ROLES, FUNCTIONS = "cfn/roles.yaml", "cfn/lambda.yaml"
BY_ATTRIBUTE = "QUERY_HANDLER_ARN: !GetAtt QueryHandlerFunction.Arn"
ARN = "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:"
OWN = f"{ARN}${{ProjectName}}-query-handler-${{Environment}}"

Read = Callable[..., Elsewhere]


@pytest.fixture
def spoil(root: Path, tmp_path: Path) -> Callable[..., Path]:
    """`spoil(side, file, old, new)`: a copy of a tree after that edit."""

    def spoiled(side: str, file: str, old: str, new: str) -> Path:
        copy = tmp_path / side
        shutil.copytree(root / side, copy, dirs_exist_ok=True)
        text = (copy / file).read_text(encoding="utf-8")
        assert old in text
        (copy / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        return copy

    return spoiled


@pytest.fixture
def table(migration: Migration, root: Path) -> str:
    """The name of a table, where the trees are compared."""
    tree = read_tree(root / "legacy", migration, "legacy")
    return tree.functions["orchestration"].variables["PROTECTION_GROUPS_TABLE"]


@pytest.fixture
def read(migration: Migration, root: Path) -> Read:
    def found(
        legacy: Path | None = None, refactored: Path | None = None, of: Migration = migration
    ) -> Elsewhere:
        old = read_tree(legacy or root / "legacy", of, "legacy")
        return elsewhere(of, old, read_tree(refactored or root / "refactored", of, "refactored"))

    return found


def test_the_shipped_trees_mean_the_same_wherever_they_are_deployed(read: Read) -> None:
    found = read()
    assert (found.divergences, found.left_out, found.widened) == ((), (), ())
    assert found.read == (
        "AWS::Region is eu-west-1",
        "AWS::AccountId is 999999999999",
        "AWS::Partition is aws-us-gov",
        "ProjectName is drs-orchestration2",
        "Environment is test",
        "Environment is prod",
        "LogLevel is DEBUG",
        "LogLevel is WARNING",
        "LogLevel is ERROR",
    )


@pytest.mark.parametrize(
    ("file", "old", "new", "where"),
    [
        (FUNCTIONS, BY_ATTRIBUTE, f'QUERY_HANDLER_ARN: !Sub "{OWN}"', ()),
        (
            FUNCTIONS,
            BY_ATTRIBUTE,
            f'QUERY_HANDLER_ARN: !Sub "{OWN}"'.replace("${Environment}", "dev"),
            ("Environment is test", "Environment is prod"),
        ),
        (
            FUNCTIONS,
            BY_ATTRIBUTE,
            f'QUERY_HANDLER_ARN: !Sub "{OWN}"'.replace("${AWS::AccountId}", "123456789012"),
            ("AWS::AccountId is 999999999999",),
        ),
        (ROLES, OWN, OWN.replace("${AWS::Partition}", "aws"), ("AWS::Partition is aws-us-gov",)),
        (
            ROLES,
            OWN,
            OWN.replace("${AWS::Region}", "us-east-1"),
            ("AWS::Region is eu-west-1", "AWS::Partition is aws-us-gov"),
        ),
        (
            ROLES,
            OWN,
            OWN.replace("${ProjectName}", "drs-orchestration"),
            ("ProjectName is drs-orchestration2",),
        ),
    ],
    ids=["by its name", "dev in it", "account", "partition", "region", "project"],
)
def test_what_is_right_in_one_deployment_alone(
    read: Read, spoil: Callable[..., Path], file: str, old: str, new: str, where: tuple[str, ...]
) -> None:
    found = read(refactored=spoil("refactored", file, old, new))
    assert tuple(dict.fromkeys(d.path.partition(", where ")[2] for d in found.divergences)) == where
    assert {d.kind for d in found.divergences} <= {DEPLOYMENT}
    for one in found.divergences:
        assert ("QUERY_HANDLER_ARN" if file == FUNCTIONS else "on function query-") in one.path


def test_a_table_s_name_that_was_written_out(
    read: Read, spoil: Callable[..., Path], table: str
) -> None:
    old = "PROTECTION_GROUPS_TABLE: !Ref ProtectionGroupsTableName"
    copy = spoil("refactored", FUNCTIONS, old, f"PROTECTION_GROUPS_TABLE: {table}")
    paths = [one.path for one in read(refactored=copy).divergences]
    assert "orchestration PROTECTION_GROUPS_TABLE, where Environment is prod" in paths


@pytest.mark.parametrize(
    ("setting", "old", "new"),
    [("timeout", "Timeout: 330", 330), ("memory", "MemorySize: 512", 512)],
)
def test_a_setting_of_one_deployment(
    read: Read, spoil: Callable[..., Path], setting: str, old: str, new: int
) -> None:
    name = old.partition(":")[0]
    copy = spoil("refactored", FUNCTIONS, old, f"{name}: !If [IsProd, 256, {new}]")
    path = copy / FUNCTIONS
    condition = "Conditions:\n  IsProd: !Equals [!Ref Environment, prod]\n\nResources:\n"
    path.write_text(path.read_text().replace("\nResources:\n", f"\n{condition}", 1))
    (found,) = read(refactored=copy).divergences
    assert found.path.endswith(f"{setting}, where Environment is prod")
    assert (found.legacy, found.refactored) == (new, 256)


def test_a_permission_of_legacy_s_that_holds_in_one_deployment(
    read: Read, spoil: Callable[..., Path]
) -> None:
    fixed = "arn:${AWS::Partition}:iam::*:role/*"
    copy = spoil("refactored", ROLES, fixed, fixed.replace("${AWS::Partition}", "aws"))
    assert [one.path for one in read(refactored=copy).divergences] == [
        f"{key} sts:AssumeRole, where AWS::Partition is aws-us-gov"
        for key in ("orchestration", "execution-handler", "query-handler")
    ]


def test_where_legacy_is_another_itself_nothing_is_compared(
    read: Read, spoil: Callable[..., Path]
) -> None:
    fixed = "${AWS::AccountId}:function:${ProjectName}-execution-handler-${Environment}"
    spoiled = [
        spoil(side, ROLES, fixed, fixed.replace("${Environment}", "dev"))
        for side in ("legacy", "refactored")
    ]
    found = read(*spoiled)
    assert found.left_out == ("Environment is test", "Environment is prod")
    assert found.divergences == ()
    assert len(found.read) == 7


def test_what_cannot_be_deployed_elsewhere(read: Read, spoil: Callable[..., Path]) -> None:
    copy = spoil(
        "refactored",
        FUNCTIONS,
        "  QueryHandlerFunction:\n",
        "  QueryHandlerFunction:\n    Condition: OnlyDev\n",
    )
    path = copy / FUNCTIONS
    condition = "Conditions:\n  OnlyDev: !Equals [!Ref Environment, dev]\n\nResources:\n"
    path.write_text(path.read_text().replace("\nResources:\n", f"\n{condition}", 1))
    found = read(refactored=copy).divergences
    assert [one.path for one in found] == ["Environment is test", "Environment is prod"]


def test_a_variable_that_the_code_still_reads(read: Read, spoil: Callable[..., Path]) -> None:
    line = "          RECOVERY_PLANS_TABLE: !Ref RecoveryPlansTableName\n"
    (found,) = read(refactored=spoil("refactored", FUNCTIONS, line, "")).divergences
    assert (found.path, found.refactored) == ("orchestration RECOVERY_PLANS_TABLE", MISSING)
    assert found.refactored_place.startswith("lambda/orchestration-stepfunctions/index.py:")
    line = "          PROJECT_NAME: !Ref ProjectName\n"  # which nothing of the orchestration reads
    assert read(refactored=spoil("refactored", FUNCTIONS, line, "")).divergences[1:] == ()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "Action: lambda:InvokeFunction",
            "Action: lambda:*",
            ["Code on execution-handler", "Code on query-handler"],
        ),
        (f'- !Sub "{OWN}"', '- "*"', ["InvokeFunction on any function"]),
    ],
)
def test_permissions_that_nobody_needs_are_told_and_decide_nothing(
    read: Read, spoil: Callable[..., Path], old: str, new: str, told: list[str]
) -> None:
    found = read(refactored=spoil("refactored", ROLES, old, new))
    assert found.divergences == ()
    assert len(found.widened) == len(told)
    for line, part in zip(found.widened, told, strict=True):
        assert part in line


def test_references_that_somebody_says_are_of_one_deployment(
    read: Read, spoil: Callable[..., Path], migration: Migration
) -> None:
    said = replace(migration, templates=replace(migration.templates, values={"X": "y"}))
    copy = spoil("refactored", ROLES, OWN, OWN.replace("${AWS::Region}", "us-east-1"))
    found = read(refactored=copy, of=said)
    assert (found.read, found.divergences) == ((), ())


def test_parameters_that_are_not_known_or_no_text(tmp_path: Path, migration: Migration) -> None:
    (tmp_path / "cfn").mkdir()
    (tmp_path / "cfn/t.yaml").write_text(
        "Parameters:\n"
        "  Unknown: {Type: String}\n"
        "  Size: {Type: Number, Default: 1}\n"
        "  Short: {Type: String, Default: ab, AllowedPattern: '[a-z]+'}\n"
        "  Stage: {Type: String, Default: dev}\n"
        "Resources: {}\n"
    )
    assert [one.name for one in deployments(tmp_path, migration)] == ["Stage is dev2"]


def test_verify_says_so(root: Path, spoil: Callable[..., Path]) -> None:
    copy = spoil("refactored", ROLES, OWN, OWN.replace("${AWS::Region}", "us-east-1"))
    trees = Trees(root / "migration.toml", root / "legacy", copy)
    found = verify(trees, select(shipped(), ["no-waves"]), lambda _: None)
    assert [result.verdict for result in found.results] == ["identical"]
    assert found.verdict == "divergent"
    assert len(found.elsewhere.divergences) == 6
