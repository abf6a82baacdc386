from __future__ import annotations

from dataclasses import replace

import pytest

from drs_refactor.signoff.about_rollout import rollback_page, rollout
from drs_refactor.signoff.evidence import Evidence
from drs_refactor.signoff.page import Block, Fold, Items, Link, Page, Paragraph, Strong, Table, Text
from harness.rollout.results import Flight
from tests.drs_refactor.signoff.support import LOST, plain, rollout_run, turned


def paragraphs(blocks: tuple[Block, ...]) -> list[str]:
    return [plain(one.words) for one in blocks if isinstance(one, Paragraph)]


def items(blocks: tuple[Block, ...]) -> list[str]:
    return [plain(one) for block in blocks if isinstance(block, Items) for one in block.items]


def blocks(page: Page, key: str) -> tuple[Block, ...]:
    return next(one.blocks for one in page.sections if one.key == key)


def test_the_short_block_leads_to_the_page(evidence: Evidence, crowded: Evidence) -> None:
    section = rollout(evidence)
    assert section.verdict == "identical"
    assert Link("rollback.html", "rollback.html") in section.blocks[0].words  # type: ignore[union-attr]
    assert paragraphs(section.blocks)[1:] == [
        "The way out",
        "The way back",
        "5 switches under executions in flight: all end as in legacy.",
    ]
    assert items(section.blocks) == ["the stack main", "the stack main"]
    section = rollout(crowded)
    assert items(section.blocks)[:4] == [
        "code:f; role:r; the stack main",
        "config:f",
        "config:f; then wait 9 s",
        "code:f; role:r; the stack main",
    ]
    assert items(section.blocks)[4] == "the table is made anew"
    told = "8 switches under executions in flight: lost in back, all at once."
    assert told in paragraphs(section.blocks)


def test_there_may_be_no_way(evidence: Evidence) -> None:
    found = replace(evidence, rollout=rollout_run(verdict="divergent", out=None, back=None))
    assert paragraphs(rollout(found).blocks).count("There is no safe way.") == 2
    typed = blocks(rollback_page(found, "t"), "type")
    assert paragraphs(typed).count("There is no safe way.") == 2
    assert not [one for one in typed if isinstance(one, Text)]


@pytest.mark.parametrize(
    ("verdict", "answer", "line"),
    [
        ("identical", "yes", "There is a safe way out and back"),
        ("divergent", "no", "Do not rely on a rollback: divergent"),
        ("invalid", "not decided", "Do not rely on a rollback: invalid"),
        ("inconclusive", "not decided", "Do not rely on a rollback: inconclusive"),
        ("not run", "not decided", "Rollback: it was not asked for"),
    ],
)
def test_its_answer(evidence: Evidence, verdict: str, answer: str, line: str) -> None:
    page = rollback_page(turned(evidence, "rollback", verdict), "t")
    assert (page.title, page.answer, page.line) == ("t", answer, line)
    assert bool(page.sections) == (verdict != "not run")


def test_why_tells_what_is_lost_and_what_the_stack_does_not_do(crowded: Evidence) -> None:
    page = rollback_page(crowded, "t")
    lines = [plain(one) for one in page.reasons]
    assert lines[:3] == [
        "8 times versions were switched under executions in flight: 1 of them are lost",
        "1 of 3 combinations of old and new parts are safe",
        "the table is made anew",
    ]
    assert lines[-1] == "pauses: no scenario pauses"
    assert isinstance(page.reasons[2], Strong)
    assert any(line.startswith("reverting the stack does not bring the old code") for line in lines)
    assert "Not in the fake account: layer:common." in map(plain, page.not_checked)


def test_the_way_back_is_typed_first(crowded: Evidence) -> None:
    typed = blocks(rollback_page(crowded, "t"), "type")
    assert [one for one in paragraphs(typed) if one.startswith("The way")] == [
        "The way back",
        "The way out",
    ]
    waits = "It takes 9 s of waiting, and the time of 2 stages of updates."
    assert any(one.startswith(waits) for one in paragraphs(typed))
    texts = [one.lines for one in typed if isinstance(one, Text)]
    assert ("sleep 9",) in texts


def test_what_must_never_be_is_shown_with_its_effects(
    crowded: Evidence, evidence: Evidence
) -> None:
    never = blocks(rollback_page(crowded, "t"), "never")
    first, second = never
    assert isinstance(first, Fold)
    assert isinstance(second, Fold)
    assert plain(first.title) == "code:f new while config:f is old"
    assert plain(second.title) == "config:f new, all else old"
    assert items(first.blocks) == list(LOST.effects)
    assert first.blocks[-1] == Text(("drs-refactor replay lost.json",))
    assert items(second.blocks) == ["a lost"]
    assert paragraphs(blocks(rollback_page(evidence, "t"), "never")) == [
        "Every combination of old and new parts is safe."
    ]


def test_every_combination_is_in_the_matrix(crowded: Evidence) -> None:
    picture, _, fold = blocks(rollback_page(crowded, "t"), "matrix")
    assert isinstance(fold, Fold)
    [table] = fold.blocks
    assert isinstance(table, Table)
    assert table.filtered
    assert [tuple(map(plain, row)) for row in table.rows] == [
        ("1", "nothing", "identical", "drill", ""),
        ("2", "config:f", "divergent", "drill", "a lost"),
        ("3", "config:f, code:f", "invalid", "drill", "nothing happened"),
    ]
    assert picture.svg.count(">safe</text>") == 1  # type: ignore[union-attr]


def test_executions_in_flight(crowded: Evidence) -> None:
    table, *folds = blocks(rollback_page(crowded, "t"), "flight")
    assert isinstance(table, Table)
    assert [(plain(row[1]), plain(row[3])) for row in table.rows] == [
        ("2 of 3", "lost: drill"),
        ("3 of 3", "lost, which the wait prevents: drill"),
        ("3 of 3", "all end as in legacy"),
    ]
    assert [plain(one.title) for one in folds if isinstance(one, Fold)] == [
        "back, all at once",
        "back, no wait",
    ]


def test_an_execution_step_by_step(crowded: Evidence, evidence: Evidence) -> None:
    told, first, second = blocks(rollback_page(crowded, "t"), "step")
    assert "taken back before step 2" in paragraphs((told,))[0]
    assert isinstance(first, Fold)
    assert isinstance(second, Fold)
    assert plain(first.title) == "Step 1 at 0.0 s, Start, run by new code: the state is the same"
    assert plain(second.title) == (
        "Step 2 at 90.0 s, Poll, run by old again code: differs in $.status"
    )
    [table] = [one for one in second.blocks if isinstance(one, Table)]
    assert [plain(row[3]) for row in table.rows] == ["NO", "yes"]
    assert items(second.blocks) == ["drs.StartRecovery {isDrill: true}"]
    assert paragraphs(first.blocks) == ["Nothing was changed outside in this step."]
    assert paragraphs(blocks(rollback_page(evidence, "t"), "step")) == [
        "No execution was in flight in any scenario."
    ]


def test_what_the_stack_does_by_itself(crowded: Evidence) -> None:
    lines = items(blocks(rollback_page(crowded, "t"), "stack"))
    assert lines == [
        "replaced AWS::StepFunctions::StateMachine M: StateMachineName main.yaml:3",
        "added AWS::DynamoDB::Table T main.yaml:9",
        "Updated alone: passes through 3 combinations, NOT SAFE where it ends, with config:f new.",
        "Reverted alone: passes through 2 combinations, NOT SAFE when the update fails and is "
        "taken back, with config:f new.",
        "Updated, with packages of its own for each release: passes through 1 combinations, all "
        "safe.",
        "Reverted, with packages of its own for each release: passes through 3 combinations, NOT "
        "SAFE where it ends, with config:f new.",
        "main.yaml:12: code:f always runs f.zip",
        "main.yaml:3: DependsOn: [Role]",
    ]
    assert items(blocks(rollback_page(crowded, "t"), "left"))[0] == (
        "added AWS::DynamoDB::Table T: it is retained (main.yaml:9)"
    )


def test_what_the_control_loses_is_no_way_back(evidence: Evidence) -> None:
    control = Flight("legacy deployed anew at every step", 2, 2, ("drill",), (LOST,), False)
    found = replace(evidence, rollout=rollout_run(flights=(control,), verdict="invalid"))
    table, *folds = blocks(rollback_page(found, "t"), "flight")
    assert isinstance(table, Table)
    assert folds == []
