from __future__ import annotations

import json
from dataclasses import replace

from harness.mutants.model import PLANTED, UNTOUCHED, Edit, Killed, Mutant, Tried
from harness.mutants.results import Campaign, Earned, Judged
from harness.reports.mutants import as_json, text

TEXTS = {"x.py": "a = 1\nb = 2\n"}
EDIT = Edit("x.py", 4, 5, "9")
MUTANT = Mutant("move", "page dropped", "x.py", "f", (1,), (1, 2), "a = 1", "a = 9", (EDIT,))
KILLED = Killed("faults", "drill, lost", ("calls", "state"), "calls[1]")
PLANT = Tried(replace(MUTANT, operator=PLANTED), KILLED, 1, 1)
FOUND = Tried(MUTANT, KILLED, 3, 2)
LIVES = Tried(replace(MUTANT, number=1), None, 4, 8, stages=("scenarios", "faults"))
BEHIND = Earned("drs", MUTANT, 3, ("calls",))
EQUAL = Tried(replace(MUTANT, number=2, family="ordinary", operator="number"), None, 4, 8)


def judged(*tried: Tried) -> Judged:
    run = Campaign(
        (PLANT, *tried), len(tried) + 1, 3, 5, 1.5, 2, False, (), (), Tried(UNTOUCHED, None, 9, 9)
    )
    return Judged(run, {EQUAL.mutant.key: "nobody reads it"})


def test_the_table_is_operator_by_facet() -> None:
    lines = list(text(judged(FOUND, LIVES, EQUAL), TEXTS))
    assert lines[0].split() == ["operator", "mutants", "found", "equal", "lives", "calls", "state"]
    assert lines[1].split() == ["page", "dropped", "2", "1", "·", "1", "1", "1"]
    assert lines[2].split() == ["number", "1", "·", "1", "·", "·", "·"]


def test_survivors_are_shown_with_their_diff() -> None:
    lines = list(text(judged(FOUND, LIVES, EQUAL), TEXTS))
    at = lines.index(f"survived: {LIVES.mutant.key} page dropped, x.py:1 f")
    assert lines[at + 1 : at + 4] == [
        "  4 cases reach it, 8 runs, scenarios, faults",
        "  -a = 1",
        "  +a = 9",
    ]


def test_the_verdict_names_both_families() -> None:
    lines = list(text(judged(FOUND, LIVES, EQUAL), TEXTS))
    assert "move: 1 of 2 found (50.0%; 100% asked for), 0 equivalent, each with its reason" in lines
    assert "control: the planted mutant is found by drill, lost" in lines
    assert lines[-1].startswith("over: 4 mutants, 1 survived, 19 runs of 3 scenarios and 5 strikes")


def test_what_lives_without_a_facet() -> None:
    earned = (Earned("calls", MUTANT, 3), Earned("ec2", None, 24), BEHIND)
    run = replace(judged(FOUND).campaign, earned=earned)
    lines = list(text(Judged(run, {}), TEXTS))
    at = lines.index(f"without calls: lives {MUTANT.key} page dropped, x.py:1 f")
    assert lines[at + 1 : at + 4] == [
        "  -a = 1",
        "  +a = 9",
        "without ec2: nothing more lives (24 that differed there tried)",
    ]
    assert f"without calls and drs: lives {MUTANT.key} page dropped, x.py:1 f" in lines
    assert "  which drs finds where calls is excused" in lines
    document = as_json(Judged(run, {}), TEXTS, {}, {})
    told = {"facet": "calls", "tried": 3, "mutant": MUTANT.key, "behind": []}
    assert document["earned"][0] == told
    assert document["earned"][1]["mutant"] is None


def test_what_makes_it_invalid_is_told() -> None:
    wrong = Judged(judged(FOUND).campaign, {FOUND.mutant.key: "nobody reads it"})
    lines = list(text(wrong, TEXTS))
    assert any(line.startswith("said to be equivalent, but found by drill, lost") for line in lines)
    run = replace(judged(FOUND).campaign, diverging=("drill",), problems=("a worker died",))
    lines = list(text(Judged(run, {}), TEXTS))
    assert "diverges without a mutant: drill" in lines
    assert "lost: a worker died" in lines
    alive = replace(run, tried=(replace(PLANT, killed=None), FOUND))
    assert "control: the planted mutant LIVES" in list(text(Judged(alive, {}), TEXTS))
    assert "control: the tree as it is lives through 9 runs" in list(text(Judged(run, {}), TEXTS))
    untouched = Tried(UNTOUCHED, KILLED)
    found = list(text(Judged(replace(run, untouched=untouched), {}), TEXTS))
    assert "control: the tree as it is is FOUND by drill, lost: calls[1]" in found
    missing = list(text(Judged(replace(run, untouched=None), {}), TEXTS))
    assert "control: the tree as it is was NOT RUN" in missing


def test_the_document() -> None:
    document = json.loads(json.dumps(as_json(judged(FOUND, LIVES, EQUAL), TEXTS, {}, {})))
    assert document["verdict"] == "over"
    assert document["families"]["move"] == {
        "mutants": 2,
        "killed": 1,
        "equivalent": 0,
        "survived": 1,
    }
    assert document["families"]["ordinary"]["equivalent"] == 1
    assert [one["key"] for one in document["survivors"]] == [LIVES.mutant.key]
    assert document["equivalent"][0]["reason"] == "nobody reads it"
