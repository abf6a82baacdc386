from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from drs_refactor.signoff.about import SHOWN
from drs_refactor.signoff.about_behaviour import behaviour
from drs_refactor.signoff.evidence import Evidence
from drs_refactor.signoff.page import Block, Fold, Items, Paragraph, SideBySide, Table, Text
from harness.comparison import Divergence
from harness.elsewhere import Elsewhere
from harness.results import Finding
from harness.values import MISSING
from tests.drs_refactor.signoff.support import RESULT, plain, turned, verification


def paragraphs(evidence: Evidence) -> list[str]:
    return [plain(b.words) for b in behaviour(evidence).blocks if isinstance(b, Paragraph)]


def folds(evidence: Evidence) -> dict[str, Fold]:
    return {plain(b.title): b for b in behaviour(evidence).blocks if isinstance(b, Fold)}


def only(kind: type, blocks: tuple[Block, ...]) -> list[Block]:
    return [one for one in blocks if isinstance(one, kind)]


@pytest.mark.parametrize("verdicts", set(permutations(("identical", "divergent", "invalid"))))
def test_its_verdict_is_the_worst(evidence: Evidence, verdicts: tuple[str, ...]) -> None:
    assert behaviour(evidence).verdict == "identical"
    found = evidence
    for part, verdict in zip(("verify", "faults", "fuzz"), verdicts, strict=True):
        found = turned(found, part, verdict)
    assert behaviour(found).verdict == "divergent"
    for part in ("verify", "faults", "fuzz"):
        found = turned(evidence, part, "inconclusive")
        assert behaviour(found).verdict == "inconclusive"


def test_what_was_not_run_is_no_worse_than_what_differs(evidence: Evidence) -> None:
    found = turned(turned(evidence, "faults", "not run"), "fuzz", "divergent")
    assert behaviour(found).verdict == "divergent"
    assert "faults is missing: it was not asked for." in paragraphs(found)
    assert behaviour(turned(evidence, "verify", "not run")).verdict == "not run"
    # Strikes and drawn scenarios that differ are shown, though no scenario was run.
    found = turned(turned(evidence, "verify", "not run"), "faults", "divergent")
    assert behaviour(found).verdict == "divergent"
    assert any(line.startswith("Faults: ") for line in paragraphs(found))


def test_what_was_run_is_counted(evidence: Evidence) -> None:
    told = paragraphs(evidence)
    assert told[0].startswith("1 of 1 scenarios are identical, with warm containers and with a")
    assert told[1] == "Control: legacy against itself is identical."
    assert ("Faults: 1 of 1 different strikes at 1 calls, 0 taken differently. 1 lost.") in told
    assert "Races: 1 of 1, 5 moments, 1 outcomes, 0 that legacy has not." in told
    assert (
        "Drawn scenarios, which nobody wrote: 1 with seed 11, 0 divergent; 5 steps, 6 calls, 1 "
        "faults met; executions: 1 succeeded."
    ) in told


def test_a_divergence_is_shown_at_its_first_cause(crowded: Evidence) -> None:
    fold = folds(crowded)["tags: divergent. A drill of two servers."]
    assert fold.is_open
    [both] = only(SideBySide, fold.blocks)
    assert both == SideBySide(
        "true", "(missing)", ("legacy planner.py:1 start", "refactored worker.py:5 start")
    )
    lines = [plain(one.words) for one in fold.blocks if isinstance(one, Paragraph)]
    assert lines == [
        "a worker was lost",
        "calls, step 3, calls[2].isDrill",
        "Look at worker.py:6 start: has isDrill=False",
        "2 more followed: 1 state, 1 table.",
    ]
    assert fold.blocks[-1] == Text(("drs-refactor replay tags.json",))


def test_all_scenarios_are_in_the_table_and_some_in_full(evidence: Evidence) -> None:
    finding = Finding(Divergence("logs", 0, "logs f", "a", "b"), "warm")
    bad = [
        replace(RESULT, name=f"s{n}", verdict="divergent", findings=(finding,))
        for n in range(SHOWN + 3)
    ]
    found = replace(evidence, verification=verification(*bad, RESULT, verdict="divergent"))
    shown = [title for title in folds(found) if ": divergent." in title]
    assert shown == [f"s{n}: divergent. A drill of two servers." for n in range(SHOWN)]
    assert [fold.is_open for title, fold in folds(found).items() if title in shown] == [
        n == 0 for n in range(SHOWN)
    ]
    assert "3 more are not identical: see the table." in paragraphs(found)
    [table] = only(Table, folds(found)[f"All {SHOWN + 4} scenarios"].blocks)
    assert isinstance(table, Table)
    assert len(table.rows) == SHOWN + 4
    assert table.filtered
    assert "logs, in the end, logs f" in [
        plain(b.words) for b in folds(found)[shown[0]].blocks if isinstance(b, Paragraph)
    ]


def test_a_strike_a_race_and_a_drawn_case_are_shown_with_their_replays(crowded: Evidence) -> None:
    for title, replay in (
        ("drill: divergent under lost", "fault"),
        ("A race in drill: user's worker no. 1, after StartRecovery", "race"),
        ("2 drawn scenarios differ at worker.py:6", "fuzz"),
    ):
        fold = folds(crowded)[title]
        assert fold.blocks[-1] == Text((f"drs-refactor replay {replay}.json",))
        assert only(SideBySide, fold.blocks)
    assert "Not raced: user's worker no. 1 in drill: a worker was lost." in paragraphs(crowded)


def test_allowances_are_listed_with_their_hits(crowded: Evidence) -> None:
    [table] = [b for b in only(Table, behaviour(crowded).blocks) if isinstance(b, Table)]
    assert table.rows == (("logs", "agreed", "unused of at most 4"), ("move", "the move", "9"))


def test_coverage_and_observations(crowded: Evidence, evidence: Evidence) -> None:
    title = "Coverage: what the scenarios reach of what moved or changed"
    [table] = folds(crowded)[title].blocks
    assert isinstance(table, Table)
    assert [tuple(map(plain, row)) for row in table.rows] == [
        ("legacy", "planner.py", "start", "8 of 9", "3 of 4", "2"),
        ("refactored", "worker.py", "start", "7 of 9", "4 of 4", "6, 7"),
    ]
    assert title not in folds(evidence)
    items = [plain(i) for b in behaviour(crowded).blocks if isinstance(b, Items) for i in b.items]
    assert items[-1] == "an error is swallowed, in observed and 1 more"
    assert "The second time planner is denied batch:*: it needs no such call." in paragraphs(
        crowded
    )


def test_what_the_templates_are_elsewhere(evidence: Evidence) -> None:
    run = verification(RESULT)
    good = replace(run, elsewhere=Elsewhere(("Stage is prod",)))
    told = paragraphs(replace(evidence, verification=good))
    assert "Variables and permissions mean the same in 1 other deployments (Stage is prod)." in told
    wrong = Divergence("deployment", 0, "f OWNER_ARN, where Stage is prod", MISSING, "not g")
    others = Elsewhere(("Stage is prod",), (), (wrong,), ("role permits lambda:* on f",))
    found = replace(evidence, verification=replace(run, elsewhere=others))
    told = paragraphs(found)
    assert any(line.endswith("(Stage is prod), but for 1:") for line in told)
    assert any(line.startswith("role permits lambda:* on f, which") for line in told)
    [both] = only(SideBySide, behaviour(found).blocks)
    assert both == SideBySide("(missing)", '"not g"', ("legacy", "refactored"))
