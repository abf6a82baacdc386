from __future__ import annotations

from harness.mutants.templates import _hunks, _owners, of_templates
from harness.sides import Sides

OLD = "Timeout: 60\nA: 1\n"
NEW = "Timeout: 330\nA: 1\nX_ARN: !GetAtt X.Arn\nY_ARN: !GetAtt Y.Arn\n"


def lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def test_each_change_is_put_back_or_left_out() -> None:
    found = list(_hunks("t.yaml", lines(NEW), lines(OLD)))
    assert [(m.operator, m.applied({"t.yaml": NEW})["t.yaml"]) for m in found] == [
        ("inner limit above the outer", NEW.replace("330", "60")),
        ("variable missing", NEW.replace("X_ARN: !GetAtt X.Arn\n", "")),
        ("variable missing", NEW.replace("Y_ARN: !GetAtt Y.Arn\n", "")),
    ]


def test_owners_are_swapped() -> None:
    found = [m.after for m in _owners("t.yaml", lines(NEW), lines(OLD))]
    assert found == ["X_ARN: !GetAtt Y.Arn", "Y_ARN: !GetAtt X.Arn"]


def test_of_the_shipped_templates(sides: Sides) -> None:
    kinds = {mutant.operator for mutant in of_templates(sides)}
    assert kinds == {
        "inner limit above the outer",
        "variable missing",
        "permission missing",
        "another owner's ARN",
        "action renamed in flight",
        "place written out",
    }
