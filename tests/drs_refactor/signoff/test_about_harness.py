from __future__ import annotations

from dataclasses import replace

from drs_refactor.signoff.about_harness import power
from drs_refactor.signoff.evidence import Evidence
from drs_refactor.signoff.page import Fold, Items, Table, Text
from tests.drs_refactor.signoff.support import mutants_run, plain


def table(evidence: Evidence) -> list[tuple[str, ...]]:
    [found] = [one for one in power(evidence).blocks if isinstance(one, Table)]
    return [tuple(map(plain, row)) for row in found.rows]


def controls(evidence: Evidence) -> list[str]:
    [found] = [one for one in power(evidence).blocks if isinstance(one, Items)]
    return [plain(one) for one in found.items]


def test_families_with_their_rates(crowded: Evidence) -> None:
    assert table(crowded) == [
        ("what goes wrong in such a move", "2", "1", "0", "1", "50.0%", "100%"),
        ("ordinary mutations of what the move wrote", "1", "0", "1", "0", "none", "98%"),
    ]
    assert power(crowded).verdict == "over"


def test_mutants_that_somebody_wrote(evidence: Evidence) -> None:
    families = mutants_run(evidence)["families"]
    score = {"mutants": 1_200, "killed": 900, "equivalent": 200, "survived": 100}
    document = mutants_run(evidence, families={**families, "written": score})
    row = table(replace(evidence, mutants=document))[-1]
    assert row[0].startswith("written by somebody")
    assert row[1:] == ("1,200", "900", "200", "100", "90.0%", "")


def test_controls_are_told(evidence: Evidence) -> None:
    good = [
        "Control: a moved function that does nothing is found.",
        "Control: the tree as it is is left alone.",
    ]
    assert controls(evidence) == good
    planted, untouched = (mutants_run(evidence)[key] for key in ("planted", "untouched"))
    for wrong in (None, {**planted, "killed": None}):
        found = replace(evidence, mutants=mutants_run(evidence, planted=wrong))
        assert controls(found) == [good[0].replace("found", "NOT FOUND"), good[1]]
    for wrong in (None, {**untouched, "killed": {"stage": "x"}}):
        found = replace(evidence, mutants=mutants_run(evidence, untouched=wrong))
        assert controls(found) == [good[0], good[1].replace("left", "NOT left")]


def test_survivors_are_shown_with_their_diffs(crowded: Evidence, evidence: Evidence) -> None:
    folds = [one for one in power(crowded).blocks if isinstance(one, Fold)]
    assert [plain(one.title) for one in folds] == [
        "d4565cfc441d page dropped, x.py:1",
        "By what each kind of mutant was found",
    ]
    [text] = folds[0].blocks
    assert isinstance(text, Text)
    assert text.diff
    assert text.lines[-2:] == ("-a = 1", "+a = 9")
    assert len([one for one in power(evidence).blocks if isinstance(one, Fold)]) == 1
