"""Every shipped scenario is identical on the shipped trees."""

from __future__ import annotations

import pytest

from harness.one_scenario import verify_scenario
from harness.scenario import Scenario
from harness.scenario_files import shipped
from harness.sides import Sides

pytestmark = pytest.mark.equivalence


@pytest.mark.parametrize("scenario", shipped(), ids=lambda scenario: scenario.name)
def test_identical(sides: Sides, scenario: Scenario) -> None:
    result = verify_scenario(sides, scenario)
    assert result.steps > 0
    assert [finding.divergence for finding in result.findings] == []
    assert result.verdict == "identical"


def test_there_are_at_least_fifteen() -> None:
    assert len(shipped()) >= 15
