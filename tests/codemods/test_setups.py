from __future__ import annotations

import pytest

from codemods.setups import check_registered, set_up_by
from drs_refactor.errors import InputError
from tests.codemods.support import parsed

SET_UP = {
    "T['a'] = 1": 1,
    "T.update(a=1)": 1,
    "for i in 'ab':\n    T[i] = 1": 1,
    "if X:\n    T['a'] = 1": 1,
    "U = T\nU['a'] = 1": 1,
    "setattr(T, 'a', 1)": 1,
    "def fill():\n    T['a'] = 1\nfill()": 1,
    "def fill(t):\n    t['a'] = 1\nfill(T)": 1,
    "from m import fill\nfill(T)": 1,
    "print(T)": 0,
    "def fill():\n    T['a'] = 1": 0,
    "def fill():\n    pass\nfill()": 0,
    "U = {}\nU['a'] = T": 0,
}


@pytest.mark.parametrize("code", SET_UP)
def test_statements_that_fill_a_table(code: str) -> None:
    assert len(set_up_by(parsed(f"T = {{}}\n{code}\n"), "T")) == SET_UP[code]


def test_an_import_is_set_up_by_what_configures_it() -> None:
    file = parsed("import json\njson.extra = 1\nX = json.dumps(1)\n")
    assert [s.index for s in set_up_by(file, "json")] == [1]


REGISTERED = {
    "def on(f):\n    T[f.__name__] = f\n    return f\n@on\ndef a(): pass\n": "on",
    "def on(n):\n    def to(f):\n        T[n] = f\n    return to\n@on('a')\ndef a(): pass\n": "on",
    "class B:\n    def __init_subclass__(cls):\n        T[cls] = 1\nclass C(B): pass\n": "B",
}


@pytest.mark.parametrize("code", REGISTERED)
def test_what_definitions_fill_is_refused(code: str) -> None:
    file = parsed(f"T = {{}}\n{code}")
    with pytest.raises(InputError, match=f"T is filled by {REGISTERED[code]} when") as caught:
        check_registered(file, "T", file.statements)
    assert caught.value.mend


def test_an_object_of_a_class_of_the_file_registers_others_do_not() -> None:
    own = parsed("class R:\n    pass\nT = R()\n@T.add\ndef a(): pass\n")
    with pytest.raises(InputError, match=r"T is filled by T\.add"):
        check_registered(own, "T", own.statements)
    other = parsed("from m import R\nT = R()\n@T.add\ndef a(): pass\n")
    check_registered(other, "T", other.statements)
