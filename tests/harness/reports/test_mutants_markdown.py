from __future__ import annotations

from dataclasses import replace

from harness.mutants.model import PLANTED, UNTOUCHED, Edit, Killed, Mutant, Tried
from harness.mutants.pairs import MERGED
from harness.mutants.pairs import WRONG as PAIRS
from harness.mutants.results import Campaign, Earned, Judged
from harness.reports.mutants_markdown import report

EDIT = Edit("x.py", 4, 5, "9")
MUTANT = Mutant("move", "page dropped", "x.py", "f", (1,), (1, 2), "a = 1", "a = 9", (EDIT,))
KILLED = Killed("faults", "drill, lost", ("logs", "state"), "result")
PLANT = Tried(replace(MUTANT, operator=PLANTED), KILLED, 1, 1)
FOUND = Tried(MUTANT, KILLED, 3, 2)
SILENT = Tried(replace(MUTANT, operator=MERGED), KILLED, 3, 2)
LIVES = Tried(replace(MUTANT, number=1), None, 4, 8)
EQUAL = Tried(replace(MUTANT, number=2, family="ordinary", operator="number"), None, 4, 8)


def lines(*tried: Tried, **changes: object) -> list[str]:
    whole = Campaign(
        (PLANT, *tried), len(tried) + 1, 3, 5, 1.5, 2, False, (), (), Tried(UNTOUCHED, None, 9, 9)
    )
    changed = replace(whole, **changes)  # type: ignore[arg-type]
    judged = Judged(changed, {EQUAL.mutant.key: "nobody | reads it"})
    return report(judged, {"legacy": "old", "refactored": "new"}).splitlines()


def test_families_and_controls() -> None:
    found = lines(FOUND, LIVES, EQUAL)
    assert found[0] == "# Mutants: over"
    assert "| what goes wrong in such a move | 2 | 1 | 0 | 1 | 50.0% | 100% |" in found
    assert "- Control: a moved function that does nothing is found." in found
    assert "- Control: the tree as it is lives through 9 runs." in found
    dead = lines(FOUND, tried=(replace(PLANT, killed=None), FOUND))
    assert "- Control: a moved function that does nothing is NOT FOUND." in dead
    found = lines(FOUND, untouched=Tried(UNTOUCHED, KILLED, 9, 9))
    assert "- Control: the tree as it is does NOT live through 9 runs." in found


def test_tables_are_operator_by_facet() -> None:
    found = lines(FOUND, SILENT, EQUAL)
    heads = [n for n, line in enumerate(found) if line.startswith("| operator")]
    assert found[heads[0]].endswith("| logs | state |")
    assert "| page dropped | only the first page is read | 1 | 1 | · | 1 | 1 |" in found
    at = found.index("## What used to break in silence")
    assert found[at + 4] == f"| {MERGED} | {PAIRS[MERGED]} | 1 | 1 | · | 1 | 1 |"
    assert "## What used to break in silence" not in lines(FOUND)


def test_survivors_and_reasons() -> None:
    found = lines(FOUND, LIVES, EQUAL)
    assert f"- `{LIVES.mutant.key}` page dropped, x.py:1 f" in found
    assert "| nobody \\| reads it | 1 | f |" in found
    assert not any(line.startswith("## Not found") for line in lines(FOUND))


def test_what_each_facet_is_there_for() -> None:
    behind = Earned("drs", MUTANT, 3, ("calls",))
    found = lines(FOUND, earned=(Earned("logs", MUTANT, 3), behind, Earned("ec2", None, 24)))
    assert "| logs | page dropped | x.py:1 f |  |" in found
    assert "| drs | page dropped | x.py:1 f | calls |" in found
    assert "| ec2 | nothing more, of 24 tried |  |  |" in found
    assert not any(line.startswith("## What each facet") for line in lines(FOUND))
