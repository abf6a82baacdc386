from __future__ import annotations

import json
from pathlib import Path

import pytest

from drs_refactor.errors import InputError
from harness.rollout.cases import as_case, from_case
from harness.rollout.results import Course, Switch
from harness.switches import Moment

PATH = Path("case.json")
PARTS = ("code:f", "role:r")
COURSE = Course(
    frozenset({"role:r"}),
    (
        Switch(Moment(3), frozenset(PARTS)),
        Switch(Moment(1, inside=True), frozenset()),
    ),
)


def test_a_course_and_back() -> None:
    case = json.loads(json.dumps(as_case(COURSE)))
    assert case == {
        "parts": ["role:r"],
        "switches": [
            {"step": 3, "parts": ["code:f", "role:r"]},
            {"invocation": 1, "parts": []},
        ],
    }
    assert from_case(case, PARTS, PATH) == COURSE


@pytest.mark.parametrize(
    ("case", "what"),
    [
        ({"parts": "code:f"}, "`parts` must be a list"),
        ({"parts": ["code:g"]}, "do not differ in 'code:g'. Known: code:f, role:r"),
        ({"parts": [], "switches": {}}, "`switches` must be a list"),
        ({"parts": [], "switches": [{"step": 0, "parts": []}]}, "no switch"),
        ({"parts": [], "switches": [7]}, "no switch"),
        ({"parts": [], "switches": [{"step": 1}]}, "`parts` must be a list"),
    ],
)
def test_what_is_no_course(case: dict[str, object], what: str) -> None:
    with pytest.raises(InputError, match=r"case\.json") as raised:
        from_case(case, PARTS, PATH)
    assert what in str(raised.value)
