from __future__ import annotations

import pytest

from codemods.edits import apply
from codemods.leftovers import Leftovers, leftovers
from tests.codemods.support import parsed


def left(text: str, *moved: str, used: str = "", replaced: str = "") -> tuple[str, Leftovers]:
    file = parsed(text)
    gone = [s for name in moved if (s := file.function(name))]
    stubs = [s for s in gone if s.bindings[0].name in replaced.split()]
    found = leftovers(file, gone, stubs, frozenset(used.split()))
    return apply(text, found.edits), found


MOVED = "def moved():\n    return X\n"


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("X = 1\n\n\n" + MOVED, ""),
        ("X = 1\nY = X\n\n\n" + MOVED, "X = 1\nY = X\n"),
        ("Y = 1\nX = Y\n\n\n" + MOVED, ""),
        (
            "Y = 1\nX = Y\n\n\n" + MOVED + "\n\ndef stays():\n    return Y\n",
            "Y = 1\n\n\ndef stays():\n    return Y\n",
        ),
        ("X = 1; Y = 2\n\n\n" + MOVED + "\n\nprint(Y)\n", "X = 1; Y = 2\n\n\nprint(Y)\n"),
        ("import X\n\n\n" + MOVED, ""),
        ("import X  # noqa: F401\nY = 1\n" + MOVED, "import X  # noqa: F401\nY = 1\n"),
        ("from m import X, Z\n\nprint(Z)\n\n\n" + MOVED, "from m import Z\n\nprint(Z)\n"),
        ("try:\n    import X\nexcept ImportError:\n    X = None\nA = 1\n\n\n" + MOVED, "A = 1\n"),
        ("X = log()\nX.setLevel(1)\nA = 1\n\n\n" + MOVED, "A = 1\n"),
        ("# About X.\nX = 1\nA = 1\n\n\n" + MOVED, "# About X.\nA = 1\n"),
        ("# About X.\nX = 1\n\nA = 1\n\n\n" + MOVED, "\nA = 1\n"),
        (
            "A = 1\n\n# ====\n# Moved\n# ====\n\n# Why.\n"
            + MOVED
            + "\n# ====\n# More\n# ====\n\nB = 1\n",
            "A = 1\n\n# ====\n# More\n# ====\n\nB = 1\n",
        ),
        (
            "A = 1\n\n# ====\n# Some\n# ====\n\n" + MOVED + "\n\ndef stays(): pass\n",
            "A = 1\n\n# ====\n# Some\n# ====\n\n\ndef stays(): pass\n",
        ),
        ("A = 1\n" + MOVED.rstrip(), "A = 1\n"),
        (
            "def X():\n    pass\n\n\ndef other():\n    X = 1\n    return X\n\n\n" + MOVED,
            "\n\ndef other():\n    X = 1\n    return X\n",
        ),
    ],
)
def test_what_only_moved_code_used_goes_with_it(text: str, result: str) -> None:
    assert left(text, "moved")[0].strip("\n") == result.strip("\n")


def test_what_a_stub_needs_stays() -> None:
    text = "X = 1\n\n\n" + MOVED
    assert left(text, "moved", used="X", replaced="moved")[0] == text
    new, found = left(text, "moved", replaced="moved")
    assert "X = 1" not in new
    assert "def moved" in new
    assert found.names == {"X"}


def test_what_speaks_of_what_is_gone_is_listed() -> None:
    text = (
        '"""Uses moved.\n\nAnd X."""\nX = 1\n\n\ndef stays():\n    return 1  # like X\n\n\n' + MOVED
    )
    assert left(text, "moved")[1].mentions == (
        "index.py:3: speaks of X",
        "index.py:1: speaks of moved",
        "index.py:8: speaks of X",
    )
