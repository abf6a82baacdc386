"""Shortcuts into moto and botocore change what a run costs, and nothing else."""

from __future__ import annotations

import pytest
from _pytest.mark import ParameterSet

from harness.aws import shortcuts
from harness.run import run
from harness.scenario import Scenario
from harness.scenario_files import select, shipped
from harness.sides import Sides
from harness.strict import differences

pytestmark = pytest.mark.equivalence

COLD = [
    "drill-one-wave",
    "cross-account",
    "launch-configuration-with-overrides",
    "start-recovery-throttled",
    "preview-of-an-execution",
]


def _sampled() -> list[ParameterSet]:
    """Every tenth scenario, and all of them where tests that take long were asked for."""
    return [
        pytest.param(one, id=one.name, marks=[pytest.mark.thorough] if number % 10 else [])
        for number, one in enumerate(shipped())
    ]


@pytest.mark.parametrize("scenario", _sampled())
def test_a_recording_is_the_same_without_shortcuts(sides: Sides, scenario: Scenario) -> None:
    with_them = run(sides.refactored, scenario)
    with shortcuts.switched_off():
        without = run(sides.refactored, scenario)
    assert list(differences(with_them, without)) == []


@pytest.mark.parametrize("scenario", select(shipped(), COLD), ids=lambda scenario: scenario.name)
def test_nor_does_a_cold_start_tell_them(sides: Sides, scenario: Scenario) -> None:
    with_them = run(sides.legacy, scenario, cold=True)
    with shortcuts.switched_off():
        without = run(sides.legacy, scenario, cold=True)
    assert list(differences(with_them, without)) == []
