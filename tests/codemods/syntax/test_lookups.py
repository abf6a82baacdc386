from __future__ import annotations

import pytest

from codemods.syntax.lookups import reached_by_text, reaches
from tests.codemods.support import statement

IN_FUNCTION = "def f(event, a):\n    {}\n"
FOUND = {
    "globals()['do_x']": {"do_x"},
    "globals().get('do_x', None)": {"do_x"},
    "globals()[f'do_{a}']": {"do_.*"},
    "globals()['do_' + a]": {"do_.*"},
    "globals()[a]": {".*"},
    "return a in globals(), 'do_x' not in globals()": {".*", "do_x"},
    "return list(globals().items())": {".*"},
    "return g(globals())": {".*"},
    "getattr(sys.modules[__name__], 'do_x')": {"do_x"},
    "return vars(sys.modules[__name__])['do_x']": {"do_x"},
    "return sys.modules[__name__].__dict__[f'{a}_x']": {".*_x"},
    "return sys.modules.get(__name__).do_x": {"do_x"},
    "return getattr(importlib.import_module(__name__), a)": {".*"},
    "here = sys.modules[__name__]\n    return getattr(here, 'do_x')": {"do_x"},
    "return eval('do_x(event)')": {"do_x", "event"},
    "return eval(a)": {".*"},
    "return getattr(event, a), vars(event)[a], locals()[a], sys.modules['json'].dumps": set(),
    "return event.eval(a), importlib.import_module(a)": set(),
    "globals = {}\n    return globals[a]": set(),
    "return 'sys.modules'  # globals()": set(),
}


@pytest.mark.parametrize("code", FOUND)
def test_names_that_a_function_reaches_by_their_text(code: str) -> None:
    assert reached_by_text(statement(IN_FUNCTION.format(code))) == FOUND[code]


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("HERE = sys.modules[__name__]", {".*"}),
        ("ALL = {k: v for k, v in locals().items()}", {".*"}),
        ("NAMES = [n for n in dir() if n]", {".*"}),
        ("DO = vars()['do_x']", {"do_x"}),
    ],
)
def test_what_the_top_of_a_module_reaches(code: str, found: set[str]) -> None:
    assert reached_by_text(statement(code)) == found


def test_a_pattern_is_of_the_whole_name() -> None:
    found = statement(IN_FUNCTION.format("globals()[f'do_{a}']"))
    assert reaches(found, "do_x")
    assert not reaches(found, "redo_x")
