from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drs_refactor.signoff.decision import ALWAYS, EXIT, NO, OPEN, YES, decide
from drs_refactor.signoff.evidence import PARTS, Evidence
from harness.comparison import Divergence
from harness.elsewhere import Elsewhere
from harness.faults.results import Look
from harness.values import MISSING
from tests.drs_refactor.signoff.support import (
    BENCH,
    LEVEL,
    RESULT,
    SCENARIO,
    VERDICTS,
    bench_run,
    faults_run,
    mutants_run,
    rollout_run,
    turned,
    verification,
)
from tests.harness.bench.support import SENSITIVE

GOOD, BAD = {"identical", "within"}, {"divergent", "over", "faster"}
WRONG = [(part, verdict) for part, verdicts in VERDICTS.items() for verdict in verdicts[1:]]


def words(evidence: Evidence, part: str) -> str:
    return next(one.words for one in decide(evidence).reasons if one.part == part)


def test_yes_if_every_part_is_good(evidence: Evidence) -> None:
    decision = decide(evidence)
    assert (decision.answer, decision.partial) == (YES, False)
    assert decision.line == "Yes, this may be released"
    assert [one.part for one in decision.reasons] == list(PARTS)
    assert EXIT == {YES: 0, NO: 1, OPEN: 3}


@pytest.mark.parametrize(("part", "verdict"), WRONG)
def test_one_part_is_enough(evidence: Evidence, part: str, verdict: str) -> None:
    decision = decide(turned(evidence, part, verdict))
    assert decision.answer == (NO if verdict in BAD else OPEN)
    assert (decision.reasons[0].part, decision.reasons[0].verdict) == (part, verdict)
    assert not decision.partial


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_was_not_run_leaves_it_open(evidence: Evidence, part: str) -> None:
    decision = decide(turned(evidence, part, "not run"))
    assert (decision.answer, decision.partial) == (OPEN, True)
    assert decision.line.startswith("Not decided")
    assert decision.reasons[0].words == "it was not asked for"
    assert f"{part}: it was not asked for" in decision.not_checked


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.fixed_dictionaries(
        {part: st.sampled_from((*found, found[0], "not run")) for part, found in VERDICTS.items()}
    )
)
def test_whatever_the_parts_say(evidence: Evidence, verdicts: dict[str, str]) -> None:
    changed = evidence
    for part, verdict in verdicts.items():
        changed = turned(changed, part, verdict)
    assert changed.verdicts == verdicts
    decision = decide(changed)
    found = set(verdicts.values())
    assert decision.answer == (NO if found & BAD else YES if found <= GOOD else OPEN)
    assert decision.partial == ("not run" in found)
    ranks = [0 if r.verdict in BAD else 2 if r.verdict in GOOD else 1 for r in decision.reasons]
    assert ranks == sorted(ranks)
    assert {one.part: one.verdict for one in decision.reasons} == verdicts


def test_reasons_name_what_is_wrong(evidence: Evidence) -> None:
    bad = [replace(RESULT, name=f"s{n}", verdict="divergent") for n in range(5)]
    run = verification(RESULT, *bad, verdict="divergent", control="divergent")
    found = replace(evidence, verification=run)
    assert words(found, "verify") == (
        "1 of 6 scenarios are identical; not s0, s1, s2 and 2 more; the control failed: legacy "
        "against itself is divergent"
    )
    levels = (replace(LEVEL, verdict="over"), *BENCH.levels[1:])
    found = replace(evidence, bench=bench_run(levels=levels))
    assert words(found, "bench").startswith("execution: the refactored execution is more than 5%")
    assert "budgets are kept" not in words(found, "bench")
    assert words(evidence, "bench").endswith("; all budgets are kept")
    found = replace(evidence, rollout=rollout_run(back=None, blockers=("b",), problems=("p", "q")))
    assert words(found, "rollback") == (
        "there is no safe way out and back; of the switches under executions in flight 0 are "
        "lost; b; p"
    )


def test_every_reason_of_crowded_evidence(crowded: Evidence) -> None:
    assert {one.part: one.words for one in decide(crowded).reasons if one.part != "bench"} == {
        "migrate": "the refactored tree is not what the codemods write from legacy: worker.py:1: "
        "is 'x', a fresh run writes 'y'",
        "verify": "2 of 3 scenarios are identical; not tags; the first: calls calls[2].isDrill, "
        "legacy true, refactored (missing)",
        "faults": "1 of 1 different faults and 2 of 2 races: 1 strikes taken differently, 1 "
        "outcomes that legacy has not; the first: drs.StartRecovery lost, calls calls[2].isDrill, "
        "legacy true, refactored (missing)",
        "fuzz": "1 drawn scenarios, 1 divergent",
        "rollback": "there is a safe way out and back; of the switches under executions in flight "
        "1 are lost; the table is made anew; pauses: no scenario pauses",
        "mutants": "the harness found 1 of 2 wrong refactors of this kind of move; 1 mutants of "
        "all kinds survived",
    }
    assert words(crowded, "bench").endswith("; a run lost")


def test_what_was_not_checked_stands_before_what_never_is(crowded: Evidence) -> None:
    told = decide(crowded).not_checked
    assert told[-len(ALWAYS) :] == ALWAYS
    assert told[: -len(ALWAYS)] == (
        "What worker may do: its role arn:role/x is in no template.",
        "2 of the 9 lines of moved code and stubs: no scenario reaches them.",
        "Faults in drill: nothing happens.",
        "Time: instructions: there is no valgrind.",
        "Not in the fake account: layer:common.",
        "2 combinations of old and new parts.",
        "The mutants were tried with another version of this tool; the trees are the same.",
    )


def test_mutants_of_another_version_of_the_tool_are_told(evidence: Evidence) -> None:
    assert decide(evidence).not_checked == ALWAYS
    digests = {**mutants_run(evidence)["digests"], "tool": "other"}
    other = replace(evidence, mutants=mutants_run(evidence, digests=digests))
    decision = decide(other)
    assert decision.answer == YES
    assert decision.not_checked[0].startswith("The mutants were tried with another version")


def test_templates_that_are_deployed_otherwise(evidence: Evidence) -> None:
    wrong = Divergence("deployment", 0, "f OWNER_ARN, where Stage is prod", MISSING, "it is not g")
    others = Elsewhere(("Stage is prod",), ("AWS::Region is eu-west-1",), (wrong,))
    run = replace(verification(RESULT, verdict="divergent"), elsewhere=others)
    found = replace(evidence, verification=run)
    assert words(found, "verify") == (
        "1 of 1 scenarios are identical; 1 differences in other deployments: deployment f "
        'OWNER_ARN, where Stage is prod, legacy (missing), refactored "it is not g"'
    )
    assert decide(found).not_checked[0] == (
        "A deployment where AWS::Region is eu-west-1: legacy means something else there itself."
    )


def test_what_a_gate_hangs_on_is_told(evidence: Evidence) -> None:
    lost = replace(SENSITIVE, at_high=1.06, lost_from=0.75)
    found = replace(evidence, bench=bench_run(sensitivity=(lost,)))
    assert decide(found).not_checked[0].startswith("Time: execution is lost from 0.75 s of call.")


def test_scenarios_of_one_kind_are_told_together(evidence: Evidence) -> None:
    looks = tuple(
        Look(replace(SCENARIO, name=f"s{n}"), (), 0, "large" if n == 2 else "it diverges")
        for n in range(6)
    )
    found = replace(evidence, faults=faults_run(looks=looks))
    assert decide(found).not_checked[:2] == (
        "Faults in s0, s1, s3 and 2 more scenarios: it diverges.",
        "Faults in s2: large.",
    )
