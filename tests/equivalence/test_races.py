"""An invocation at every moment: the shipped tree comes to what legacy comes to, and one whose
order is wrong does not.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.plans import JobTiming
from harness.races.race import race
from harness.races.results import Race
from harness.reports import races as reports
from harness.results import Trees
from harness.scenario_files import select, shipped
from tests.equivalence.breaking import Breakage, broken_tree

pytestmark = pytest.mark.equivalence

# Waves that are over at their first poll, so that there are few moments.
QUICK = JobTiming(1.0, 1.0, 1.0, 1.0, 1.0)
CANCEL = replace(select(shipped(), ["cancel-during-a-wave"])[0], timing=QUICK)
QUERY = "lambda/query-handler/index.py"


def test_the_shipped_tree_comes_to_nothing_else(trees: Trees) -> None:
    raced = race(Race(trees, CANCEL, 0))
    assert raced.new == ()
    assert raced.outcomes[0] == raced.outcomes[1] > 3
    assert raced.moments[0] > 10


LATE_CHECK = Breakage(
    CANCEL.name,
    "the cancellation is looked for when the next wave has been started",
    QUERY,
    (
        (
            "            # A cancellation that came in during this poll must not start\n"
            "            # another wave.\n",
            "            following = state.get('waves', [])[wave_number + 1 :]\n"
            "            if following and not following[0].get('pauseBeforeWave', False):\n"
            "                start_wave_recovery(state, wave_number + 1)\n",
        ),
        (
            "                start_wave_recovery(state, next_wave_number)\n",
            "                pass\n",
        ),
    ),
)


def test_a_check_that_comes_too_late(trees: Trees, root: Path, tmp_path: Path) -> None:
    broken_tree(root, tmp_path / "broken", [LATE_CHECK])
    raced = race(Race(replace(trees, refactored=tmp_path / "broken"), CANCEL, 0))
    assert raced.new
    lines = "\n".join(reports.text([raced], ["drs-refactor replay x.json"]))
    assert "  race        user's execution-handler no. 1 at " in lines
    assert ", after d" in lines
    assert "  replay: drs-refactor replay x.json" in lines
    (told,) = reports.summary([raced], 1)
    assert f", {len(raced.new)} that legacy has not" in told
    document = reports.as_json([raced], 1)
    assert document["run"][0]["new"][0]["differences"]
