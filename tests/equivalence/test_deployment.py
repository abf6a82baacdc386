"""Templates that are wrong on purpose: what would fail in production fails here, with a remedy."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from drs_refactor.migration import Migration
from harness.one_scenario import verify_scenario
from harness.reports.text import divergences
from harness.results import ScenarioResult
from harness.scenario_files import select, shipped
from harness.sides import Sides
from harness.tree import read_tree

pytestmark = pytest.mark.equivalence

Spoiled = Callable[..., ScenarioResult]


@pytest.fixture
def spoiled(root: Path, tmp_path: Path, sides: Sides, migration: Migration) -> Spoiled:
    """`spoiled(file, old, new)`: the result of a scenario after that edit."""

    def spoil(file: str, old: str, new: str, scenario: str = "drill-one-wave") -> ScenarioResult:
        shutil.copytree(root / "refactored", tmp_path / "refactored")
        path = tmp_path / "refactored" / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
        path.write_text(text.replace(old, new), encoding="utf-8")
        tree = read_tree(tmp_path / "refactored", migration, "refactored")
        broken = Sides(sides.legacy, tree, sides.rules, sides.denied)
        return verify_scenario(broken, select(shipped(), [scenario])[0])

    return spoil


def told(result: ScenarioResult) -> str:
    """The remedies that a person is shown."""
    lines = list(divergences(result, ""))
    return "\n".join(line.split(maxsplit=1)[1] for line in lines if "    remedy  " in line)


def test_a_missing_permission(spoiled: Spoiled) -> None:
    result = spoiled(
        "cfn/roles.yaml",
        "${AWS::AccountId}:function:${ProjectName}-query-handler-${Environment}",
        "${AWS::AccountId}:function:${ProjectName}-other-${Environment}",
    )
    first = result.findings[0].divergence
    assert (first.kind, first.path) == ("permission", "orchestration lambda.Invoke")
    assert "not authorized to perform: lambda:InvokeFunction on resource" in first.refactored
    assert "_invoke_moved_action" in first.refactored_place
    assert "allow lambda:InvokeFunction in the policies of the function's role" in told(result)


def test_a_missing_variable(spoiled: Spoiled) -> None:
    result = spoiled(
        "cfn/lambda.yaml", "          QUERY_HANDLER_ARN: !GetAtt QueryHandlerFunction.Arn\n", ""
    )
    assert error_of(result) == "environment variable QUERY_HANDLER_ARN is not set"
    assert told(result) == "add QUERY_HANDLER_ARN to the function's Environment in its template"


def test_a_query_handler_left_at_sixty_seconds(spoiled: Spoiled) -> None:
    result = spoiled("cfn/lambda.yaml", "Timeout: 330", "Timeout: 60", "slow-launch")
    assert "Task timed out after 60.00 seconds" in error_of(result)
    assert told(result).startswith("raise the Timeout of the function that has 60.00 s in its temp")


def test_a_state_that_outgrows_step_functions(spoiled: Spoiled) -> None:
    result = spoiled(
        "lambda/orchestration-stepfunctions/index.py",
        'state.update(answer["state"])\n    return answer["result"]',
        'state.update(answer["state"])\n    state["answers"] = [dict(state)] * 12\n'
        '    return answer["result"]',
        "hundred-servers",
    )
    [error] = [
        finding.divergence.refactored
        for finding in result.findings
        if finding.divergence.path == "executions[0].error"
    ]
    assert error == "States.DataLimitExceeded"
    assert "pass less between states: Step Functions carries 262,144 bytes" in told(result)


def error_of(result: ScenarioResult) -> str:
    """The first error that the refactored tree put into the state."""
    found = [finding.divergence for finding in result.findings]
    errors = [d.refactored for d in found if d.kind == "state" and d.path == "result.error"]
    assert isinstance(errors[0], str)
    return errors[0]


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
