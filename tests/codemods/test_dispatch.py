from __future__ import annotations

import pytest

from codemods.dispatch import accept_both, answers
from codemods.edits import apply
from tests.codemods.support import parsed


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("if a == 'old': pass\n", "if a in ('old', 'new'): pass\n"),
        ('if a=="old": pass\n', 'if a in ("old", "new"): pass\n'),
        ("if a == ('old'): pass\n", "if a in (('old', 'new')): pass\n"),
        ("if a == 'old' or a == 'x': pass\n", "if a in ('old', 'new') or a == 'x': pass\n"),
        ("d = {'old': f(1), 'x': g}\n", "d = {'new': f(1), 'old': f(1), 'x': g}\n"),
        ("# old\nif a == 'other': pass\n", "# old\nif a == 'other': pass\n"),
        ("if 'old' != a: pass\n", "if 'old' != a: pass\n"),
        ("if a != 'old': pass\n", "if a != 'old': pass\n"),
        ("s = 'old'\n", "s = 'old'\n"),
        (
            "\n# why\ndef f(a):\n  return (a ==\n    'old')\n",
            "\n# why\ndef f(a):\n  return (a in\n    ('old', 'new'))\n",
        ),
    ],
)
def test_both_names_are_accepted(old: str, new: str) -> None:
    file = parsed(old)
    text = apply(old, accept_both(file.statements, "old", "new"))
    assert text == new
    compile(text, "f.py", "exec")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("x = 1\nif a == 'work': pass\n", 2),
        ("d = {'work': f}\n", 1),
        ("s = 'work'\nwork = 1\n", None),
    ],
)
def test_actions_that_are_answered_already(text: str, line: int | None) -> None:
    file = parsed(text)
    found = answers(file.statements, "work")
    assert (found and file.line(found.code)) == line
