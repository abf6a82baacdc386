"""Releases that cannot be deployed, or not taken back: each is found, with what would happen."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.reports.rollout import text
from harness.results import Trees
from harness.rollout import campaign
from harness.rollout.results import Rollout
from harness.rollout.templates import Templates
from harness.scenario_files import select, shipped

pytestmark = [pytest.mark.equivalence, pytest.mark.usefixtures("in_process")]


@pytest.fixture
def release(root: Path, tmp_path: Path) -> Callable[..., Rollout]:
    """`release(scenarios, *edits, before=…)`: the rollout of a tree made of another by edits, each
    (file, old, new); of legacy if nothing else is said.
    """

    def make(
        scenarios: list[str], *edits: tuple[str, str, str], before: str = "legacy", allow: str = ""
    ) -> Rollout:
        shutil.copytree(root / before, tmp_path / "refactored")
        for file, old, new in edits:
            path = tmp_path / "refactored" / file
            content = path.read_text(encoding="utf-8")
            assert old in content
            path.write_text(content.replace(old, new), encoding="utf-8")
        config = tmp_path / "migration.toml"
        config.write_text((root / "migration.toml").read_text(encoding="utf-8") + allow)
        trees = Trees(config, root / "legacy", tmp_path / "refactored")
        chosen = select(shipped(), scenarios)
        return campaign.rollout(trees, chosen, lambda *_: None)

    return make


ORCHESTRATION = "lambda/orchestration-stepfunctions/index.py"
MACHINE = "cfn/step-functions.yaml"
ALLOWED = """
[[allowances]]
name = "the new name of an action"
reason = "a later release"
kind = "step"
path = "event.action"
scenarios = ["*"]
at_most = 50
"""
EVENT_LINE = """
[[allowances]]
name = "the event that is logged"
reason = "a later release"
kind = "logs"
path = "logs lambda_handler"
scenarios = ["*"]
at_most = 50
"""


def flight(found: Rollout, name: str) -> list[str]:
    """What becomes of executions under these switches: the errors of those that are lost."""
    [flown] = [flight for flight in found.flights if flight.name == name]
    return [str(t.first.refactored) for t in flown.divergent if t.first is not None]


def test_the_orchestration_before_the_handlers(release: Callable[..., Rollout]) -> None:
    found = release(["recovery-one-wave"], before="refactored")
    assert found.verdict == "identical"
    pairs = {(a.part, a.other): a.trial for a in found.ahead}
    early = pairs["code:orchestration", "code:execution-handler"]
    assert "drs.StartRecovery 1 → 0 times" in early.effects
    assert "execution-1 SUCCEEDED → FAILED" in early.effects
    assert all(order[-1] == "code:orchestration" for order in found.deploy_orders)
    assert found.stacks.back.at_end  # reverting the stack alone


def test_the_old_action_name_removed(release: Callable[..., Rollout]) -> None:
    """New code and the new definition fit one another; nothing that is under way fits them."""
    found = release(
        ["recovery-one-wave"],
        (ORCHESTRATION, 'action == "update_wave_status"', 'action == "poll_wave_status"'),
        (MACHINE, '"action": "update_wave_status"', '"action": "poll_wave_status"'),
        allow=ALLOWED + EVENT_LINE,
    )
    assert found.parts == ("code:orchestration", "state machine:WaveStateMachine")
    assert found.verdict == "divergent"
    assert (found.out, found.back, found.deploy_orders) == (None, None, ())
    told = {a.part: str(a.trial.first.refactored) for a in found.ahead if a.trial.first}
    assert "Unknown action: update_wave_status" in told["code:orchestration"]
    assert "Unknown action: poll_wave_status" in told["state machine:WaveStateMachine"]
    assert "Unknown action: update_wave_status" in flight(found, "out, all at once")[0]
    assert "Unknown action: poll_wave_status" in flight(found, "back, all at once")[0]


def test_a_definition_that_the_code_before_does_not_understand(
    release: Callable[..., Rollout],
) -> None:
    """Every combination of the way back is safe; executions keep the definition of the way out."""
    found = release(
        ["recovery-one-wave"],
        (
            ORCHESTRATION,
            'action == "update_wave_status"',
            'action in ("update_wave_status", "poll_wave_status")',
        ),
        (MACHINE, '"action": "update_wave_status"', '"action": "poll_wave_status"'),
        allow=ALLOWED + EVENT_LINE,
    )
    assert found.deploy_orders == (("code:orchestration", "state machine:WaveStateMachine"),)
    assert found.out is not None
    assert found.back is not None
    assert flight(found, "out, all at once") == []
    assert "Unknown action: poll_wave_status" in flight(found, "back, all at once")[0]
    assert found.verdict == "divergent"
    assert "The way back, which executions in flight do NOT survive" in list(text(found, {}))


def test_the_state_machine_renamed_and_then_rolled_back(release: Callable[..., Rollout]) -> None:
    name = "${ProjectName}-waves-${Environment}"
    found = release(
        ["started-through-the-api"],
        (MACHINE, f'StateMachineName: !Sub "{name}"', 'StateMachineName: !Sub "other"'),
        ("cfn/lambda.yaml", f"stateMachine:{name}", "stateMachine:other"),
        ("cfn/roles.yaml", f"stateMachine:{name}", "stateMachine:*"),
        ("cfn/roles.yaml", f"execution:{name}:*", "execution:*"),
    )
    assert set(found.parts) == {
        "config:execution-handler",
        "role:LambdaExecutionRole",
        "state machine:WaveStateMachine",
    }
    assert found.verdict == "divergent"
    assert (found.out, found.back) == (None, None)
    effects = {name: t.effects for t in found.unsafe_alone for name in t.course.start}
    for part in ("config:execution-handler", "state machine:WaveStateMachine"):
        assert "stepfunctions.StartExecution 1 → 0 times" in effects[part]
    [change] = [c for c in found.stacks.changes if c.what == "replaced"]
    assert change.properties == ("StateMachineName",)
    lines = "\n".join(text(found, {}))
    assert "There is no safe way out." in lines
    assert "a rollback renames again, which fails while executions still run on the old" in lines


def test_a_table_with_another_key(release: Callable[..., Rollout]) -> None:
    found = release(
        ["recovery-one-wave"],
        (
            "cfn/database.yaml",
            'TableName: !Sub "${ProjectName}-target-accounts-${Environment}"',
            'TableName: !Sub "${ProjectName}-accounts-${Environment}"',
        ),
    )
    assert found.verdict == "divergent"
    [blocker] = found.blockers
    assert "replaced AWS::DynamoDB::Table TargetAccountsTable: TableName" in blocker
    assert found.unchecked == ("AWS::DynamoDB::Table TargetAccountsTable",)


def test_legacy_against_itself_has_nothing_to_deploy(release: Callable[..., Rollout]) -> None:
    found = release(["recovery-one-wave"])
    assert (found.parts, found.verdict) == ((), "identical")


def test_without_an_execution_nothing_is_said_of_those_in_flight(
    release: Callable[..., Rollout],
) -> None:
    found = release(["preview-of-a-plan"], before="refactored")
    assert found.verdict == "inconclusive"
    assert "no scenario starts an execution" in found.problems[0]


def test_more_parts_than_can_all_be_combined(
    release: Callable[..., Rollout], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then the combinations near the two trees suggest an order, and those along it are judged."""
    monkeypatch.setattr(campaign, "ALL", 3)
    monkeypatch.setattr(Templates, "passed", lambda _: [])
    found = release(["recovery-one-wave"], before="refactored")
    assert len(found.combinations) < 64
    assert found.verdict == "identical"
    assert found.out is not None
    assert found.out.stages[-1].by_hand == ("code:orchestration",)
    assert found.orders_in_all > 0
