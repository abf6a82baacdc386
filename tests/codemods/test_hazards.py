from __future__ import annotations

import pytest

from codemods import hazards
from codemods.syntax.source import parse
from drs_refactor.errors import InputError
from tests.codemods.support import parsed

FUTURE = "from __future__ import annotations\n"
ANNOTATED = "def f(a: Later):\n    return a\n"


@pytest.mark.parametrize(
    ("here", "there", "path"),
    [(FUTURE, "", "there.py"), ("", FUTURE, "index.py")],
)
def test_annotations_that_one_side_evaluates_are_refused(here: str, there: str, path: str) -> None:
    source, destination = parsed(here + ANNOTATED), parse(there.encode(), "there.py")
    with pytest.raises(InputError, match="without which the annotations in line") as caught:
        hazards.check_future(source, destination, source.statements)
    assert str(caught.value.path) == path


@pytest.mark.parametrize(
    ("here", "there", "code"),
    [(FUTURE, FUTURE, ANNOTATED), ("", "", ANNOTATED), (FUTURE, "", "def f(a):\n    return a\n")],
)
def test_annotations_that_are_kept_alike(here: str, there: str, code: str) -> None:
    source = parsed(here + code)
    hazards.check_future(source, parsed(there), source.statements[-1:])


LOOKS = "LIMIT = 1\ndef f(a):\n    return globals()[f'do_{a}'], globals()['LIMIT']\n"


def test_an_alias_for_what_is_looked_up_by_its_text_is_refused() -> None:
    with pytest.raises(InputError, match="'LIMIT' must be given an alias") as caught:
        hazards.check_renamed(parsed(LOOKS), {"LIMIT": "OLD"}, parsed(""))
    assert caught.value.line == 2
    hazards.check_renamed(parsed(LOOKS), {"OTHER": "OLD"}, parsed(""))


def test_newcomers_that_are_found_by_their_text_are_told() -> None:
    found = [*hazards.newly_reached(parsed(LOOKS), {"do_one", "do_two", "LIMIT", "other"})]
    assert found == ["index.py:2: looks names up by text, and finds do_one and do_two now"]
