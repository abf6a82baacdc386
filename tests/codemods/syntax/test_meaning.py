from __future__ import annotations

import pytest

from codemods.syntax.meaning import configures, equal_statements
from tests.codemods.support import statement


@pytest.mark.parametrize(
    ("text", "configured"),
    [
        ("log.setLevel(1)\n", True),
        ("log.root.setLevel(1)\n", True),
        ("log['a'] = 1\n", True),
        ("log.a = 1\n", True),
        ("setup(log)\n", False),
        ("x = log.a\n", False),
        ("log = 1\n", False),
        ("if x:\n    log.setLevel(1)\n", False),
    ],
)
def test_statements_that_set_a_name_up(text: str, configured: bool) -> None:
    assert configures(statement(text), "log") is configured


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("x = 1\n", "x = 1\r\n", True),
        ("x = f(1,2)\n", "x = f(1, 2)  # two\n", True),
        ("x = 'a b'\n", "x = 'a  b'\n", False),
        ("def f():\n    'doc'\n    return 1\n", "def f():\n    'other'\n    return 1\n", True),
        ("def f():\n    1\n    return 1\n", "def f():\n    2\n    return 1\n", False),
        ("type A = int\n", "type A = int\n", True),
        ("type A = int\n", "type A = str\n", False),
    ],
)
def test_equal_statements(one: str, other: str, equal: bool) -> None:
    assert equal_statements(statement(one), statement(other)) is equal
