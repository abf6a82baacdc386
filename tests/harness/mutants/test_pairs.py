from __future__ import annotations

from dataclasses import replace

from harness.mutants.model import Edit, Mutant
from harness.mutants.pairs import MERGED, merged_errors, pairs


def mutant(operator: str, start: int, function: str = "helper", path: str = "x.py") -> Mutant:
    edit = Edit(path, start, start + 3, "new")
    lines = (start,)
    return Mutant("move", operator, path, function, lines, (1, 99), "old", "new", (edit,))


IGNORED = mutant("FunctionError ignored", 10)
TRUSTED = mutant("answer not looked at", 20)
WHOLE = mutant("answer merged as it comes", 30, "stub")


def test_the_error_that_becomes_the_state_takes_three() -> None:
    (found,) = merged_errors([IGNORED, TRUSTED, WHOLE])
    assert found.operator == MERGED
    assert found.function == "stub"
    assert [edit.start for edit in found.edits] == [10, 20, 30]
    assert found.lines == (10, 20, 30)
    assert list(merged_errors([IGNORED, WHOLE])) == []
    elsewhere = replace(WHOLE, path="y.py")
    assert list(merged_errors([IGNORED, TRUSTED, elsewhere])) == []


def test_guards_of_one_function_two_at_a_time() -> None:
    found = list(pairs([IGNORED, TRUSTED, mutant("text", 40)]))
    assert [one.operator for one in found] == ["FunctionError ignored, and answer not looked at"]
    assert list(pairs([IGNORED, mutant("answer not looked at", 20, "other")])) == []
    assert list(pairs([IGNORED, mutant("answer not looked at", 11)])) == []  # the same text
