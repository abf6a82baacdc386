from __future__ import annotations

from dataclasses import replace

from harness.mutants.model import Edit, Mutant

TEXT = "a = 1\nb = 2\nc = 3\n"
MUTANT = Mutant(
    "ordinary", "number", "x.py", "f", (1,), (1, 3), "a = 1", "a = 9", (Edit("x.py", 4, 5, "9"),)
)


def test_edits_are_applied_together() -> None:
    two = replace(MUTANT, edits=(Edit("x.py", 4, 5, "100"), Edit("x.py", 16, 17, "300")))
    assert two.applied({"x.py": TEXT, "y.py": ""}) == {"x.py": "a = 100\nb = 2\nc = 300\n"}


def test_the_diff_shows_what_changed() -> None:
    assert [line for line in MUTANT.diff({"x.py": TEXT}) if line[0] in "+-"][2:] == [
        "-a = 1",
        "+a = 9",
    ]


def test_the_key_is_that_of_the_change_and_not_of_its_place() -> None:
    moved = replace(MUTANT, lines=(9,), span=(9, 12), edits=(Edit("x.py", 99, 100, "9"),))
    assert moved.key == MUTANT.key
    for other in (
        replace(MUTANT, operator="text"),
        replace(MUTANT, path="y.py"),
        replace(MUTANT, function="g"),
        replace(MUTANT, after="a = 8"),
        replace(MUTANT, number=1),
    ):
        assert other.key != MUTANT.key
