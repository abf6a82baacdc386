from __future__ import annotations

import ast

import pytest

from codemods.syntax.reading import Reading, reading_of


def reading(code: str) -> Reading:
    node = ast.parse(code).body[0]
    assert isinstance(node, ast.FunctionDef)
    return reading_of(node)


def test_each_parameter_is_a_key_of_the_payload() -> None:
    assert reading("def f(a, /, b, *, c=1):\n    return a").payload == {
        "a": "a",
        "b": "b",
        "c": "c",
    }


def test_what_is_unwrapped_first_is_the_payload() -> None:
    found = reading(
        "def f(event, limit):\n"
        "    state = event.get('application', event)\n"
        "    state['n'] = limit\n"
        "    return state\n"
    )
    assert found.payload == {"state": "event.get('application', event)", "limit": "limit"}
    assert (found.mutates, found.returns) == ("state", "state")


def test_a_wrapper_that_is_used_again_is_the_payload_itself() -> None:
    found = reading(
        "def f(event):\n    state = event.get('s', event)\n    return event['x'], state"
    )
    assert found.payload == {"event": "event"}


@pytest.mark.parametrize(
    "change",
    [
        "s['a'] = 1",
        "s['a']['b'] += 1",
        "del s['a']",
        "s.update(a=1)",
        "s['l'].append(1)",
        "s.a = 1",
    ],
)
def test_what_it_changes_in_place(change: str) -> None:
    assert reading(f"def f(x, s):\n    {change}\n").mutates == "s"


def test_reading_is_no_change() -> None:
    assert reading("def f(s):\n    x = s['a']\n    x = s.get('b')\n    s = {}\n").mutates == ""


def test_two_that_change_and_two_kinds_of_result_are_doubts() -> None:
    found = reading(
        "def f(s, t):\n    s['a'] = t['b'] = 1\n    if s:\n        return s\n    return 1\n"
    )
    assert (found.mutates, found.returns) == ("s", "")
    assert found.doubts == (
        "it changes t too, and only one can come back",
        "it gives back s in one place and something else in another",
    )


def test_what_its_own_except_sets() -> None:
    found = reading(
        "def f(s):\n"
        "    try:\n"
        "        s['a'] = 1\n"
        "    except Exception as e:\n"
        "        s['status'] = 'failed'\n"
        "        s['error'] = str(e)\n"
        "        s['when'] = now()\n"
    )
    assert found.failure == {"status": "failed", "error": "{error}"}
