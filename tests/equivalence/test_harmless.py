from __future__ import annotations

from tests.equivalence.harmless import reformatted, renamed, reordered

SOURCE = '''
TOP = 1


def f(state, *, kept=1):
    """Doc."""
    # A comment.
    one = state.get("a", 2)
    two = kept
    three = one + two
    try:
        go(three)
    except ValueError as error:
        return f"{error} {three}"
    return TOP
'''


def test_locals_get_other_names_and_parameters_do_not() -> None:
    text = renamed(SOURCE)
    assert "one_otherwise + two_otherwise" in text
    assert "except ValueError as error_otherwise" in text
    assert "kept_otherwise" not in text
    assert "TOP_otherwise" not in text


def test_only_what_is_independent_changes_places() -> None:
    lines = [line.strip() for line in reordered(SOURCE).splitlines()]
    assert lines.index("two = kept") < lines.index("one = state.get('a', 2)")
    assert lines.index("one = state.get('a', 2)") < lines.index("three = one + two")


def test_another_format() -> None:
    assert "# A comment." not in reformatted(SOURCE)
    assert "state.get('a', 2)" in reformatted(SOURCE)
