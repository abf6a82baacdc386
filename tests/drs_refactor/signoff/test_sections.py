from __future__ import annotations

from dataclasses import replace

import pytest

from drs_refactor.signoff.decision import decide
from drs_refactor.signoff.evidence import PARTS, Evidence
from drs_refactor.signoff.page import Link, Page, Paragraph, inlines
from drs_refactor.signoff.sections import SECTIONS, page, title
from tests.drs_refactor.signoff.support import blocks_of, plain, turned

KEYS = ["moved", "changed", "behaviour", "power", "time", "rollout", "cost", "versions"]


def whole(evidence: Evidence) -> Page:
    return page(evidence, decide(evidence))


def test_the_sections_in_their_order(evidence: Evidence, crowded: Evidence) -> None:
    for found in (evidence, crowded):
        assert [one.key for one in whole(found).sections] == KEYS
    assert [one.verdict for one in whole(evidence).sections] == [
        "identical", "", "identical", "within", "within", "identical", "", "",
    ]  # fmt: skip


def test_every_reason_leads_to_its_section(crowded: Evidence) -> None:
    found = whole(crowded)
    assert set(SECTIONS) == set(PARTS)
    assert set(SECTIONS.values()) <= set(KEYS)
    links = [inlines(one)[0] for one in found.reasons]
    assert links == [Link(r.part, f"#{SECTIONS[r.part]}") for r in decide(crowded).reasons]
    assert plain(found.reasons[1]).startswith("verify divergent: 2 of 3 scenarios")
    assert found.not_checked == decide(crowded).not_checked
    assert (found.answer, found.line) == ("no", "No, this must not be released")


def test_a_sample_is_told(evidence: Evidence) -> None:
    assert title(evidence) == "Sign-off: refactored against legacy"
    assert title(evidence, "Rollback") == "Rollback: refactored against legacy"
    sample = replace(evidence, sample=True)
    assert title(sample) == "Sign-off of a sample tree: refactored against legacy"
    assert whole(sample).title == title(sample)


def test_a_partial_run_says_so_first(evidence: Evidence) -> None:
    assert whole(evidence).notices == ()
    partial = turned(turned(evidence, "fuzz", "not run"), "bench", "not run")
    assert whole(partial).notices == ("A partial run, which cannot say yes: without fuzz, bench.",)


@pytest.mark.parametrize("part", PARTS)
def test_what_is_missing_says_why_in_its_section(evidence: Evidence, part: str) -> None:
    found = whole(turned(evidence, part, "not run"))
    assert [one.key for one in found.sections] == KEYS
    told = f"{part} is missing: it was not asked for."
    told_in = [one.key for one in found.sections if Paragraph(told) in one.blocks]
    assert SECTIONS[part] in told_in
    assert next(one for one in found.sections if one.key == SECTIONS[part]).verdict == "not run"


def test_nothing_at_all_was_run(evidence: Evidence) -> None:
    nothing = evidence
    for part in PARTS:
        nothing = turned(nothing, part, "not run")
    found = whole(nothing)
    assert [one.key for one in found.sections] == KEYS
    assert found.answer == "not decided"
    assert len(blocks_of(found)) == 10
