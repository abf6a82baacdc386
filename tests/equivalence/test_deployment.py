"""Templates that are wrong on purpose: what would fail in production fails here, with a remedy."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from drs_refactor.migration import Migration
from harness.comparison import Divergence
from harness.one_scenario import verify_scenario
from harness.scenario_files import select, shipped
from harness.sides import Sides
from harness.tree import read_tree

pytestmark = pytest.mark.equivalence

Spoiled = Callable[..., list[Divergence]]


@pytest.fixture
def spoiled(root: Path, tmp_path: Path, sides: Sides, migration: Migration) -> Spoiled:
    """`spoiled(file, old, new)`: the divergences of a scenario after that edit."""

    def spoil(file: str, old: str, new: str, scenario: str = "drill-one-wave") -> list[Divergence]:
        shutil.copytree(root / "refactored", tmp_path / "refactored")
        path = tmp_path / "refactored" / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
        path.write_text(text.replace(old, new), encoding="utf-8")
        tree = read_tree(tmp_path / "refactored", migration, "refactored")
        broken = Sides(sides.legacy, tree, sides.rules, sides.denied)
        result = verify_scenario(broken, select(shipped(), [scenario])[0])
        return [finding.divergence for finding in result.findings]

    return spoil


def test_a_missing_permission(spoiled: Spoiled) -> None:
    first = spoiled(
        "cfn/roles.yaml",
        "${AWS::AccountId}:function:${ProjectName}-query-handler-${Environment}",
        "${AWS::AccountId}:function:${ProjectName}-other-${Environment}",
    )[0]
    assert (first.kind, first.path) == ("permission", "orchestration lambda.Invoke")
    assert "not authorized to perform: lambda:InvokeFunction on resource" in first.refactored
    assert first.refactored.endswith("allow it in the role of orchestration")


def test_a_missing_variable(spoiled: Spoiled) -> None:
    found = spoiled(
        "cfn/lambda.yaml", "          QUERY_HANDLER_ARN: !GetAtt QueryHandlerFunction.Arn\n", ""
    )
    errors = [d.refactored for d in found if d.kind == "state" and d.path == "result.error"]
    assert errors[0] == "environment variable QUERY_HANDLER_ARN is not set"


def test_a_query_handler_left_at_sixty_seconds(spoiled: Spoiled) -> None:
    found = spoiled("cfn/lambda.yaml", "Timeout: 330", "Timeout: 60", "slow-launch")
    errors = [d.refactored for d in found if d.kind == "state" and d.path == "result.error"]
    assert "Task timed out after 60.00 seconds" in errors[0]


def test_drs_calls_left_in_the_orchestration_are_denied(
    root: Path, sides: Sides, migration: Migration
) -> None:
    """Legacy in the place of the refactored tree: warm it is identical, without drs:* it is not."""
    tree = read_tree(root / "legacy", migration, "refactored")
    same = Sides(sides.legacy, tree, sides.rules, sides.denied)
    result = verify_scenario(same, select(shipped(), ["drill-one-wave"])[0])
    assert {finding.containers for finding in result.findings} == {"cold"}
    first = result.findings[0].divergence
    assert (first.kind, first.path) == ("permission", "orchestration drs.StartRecovery")
