from __future__ import annotations

import pytest

from codemods.resolve import Resolved, Resolver
from drs_refactor.errors import InputError
from tests.codemods.support import parsed


def resolve(
    source: str,
    destination: str,
    aliases: dict[str, str] | None = None,
    remote: dict[str, frozenset[str]] | None = None,
) -> Resolved:
    """Resolve `moved`, which stands in the source."""
    file = parsed(source)
    moved = file.function("moved")
    assert moved is not None
    resolver = Resolver(file, parsed(destination), "to", {"moved"}, remote or {}, aliases or {})
    return resolver.resolve([moved])


def outcomes(resolved: Resolved) -> dict[str, str]:
    return {r.name: r.outcome for r in resolved.resolutions}


@pytest.mark.parametrize(
    ("source", "destination", "outcome"),
    [
        ("X = 1\n", "", "carried"),
        ("X = 1\n", "X = 1\n", "shared"),
        ("X = 1\n", "X = (1)  # the same\n", "shared"),
        ("X = 1\n", "X = 2\n", "aliased"),
        ("X = 'a b'\n", "X = 'a  b'\n", "aliased"),
        ("X = 1\n", "from m import X\n", "aliased"),
        ("from m import X\n", "from m import X\n", "shared"),
        ("from m import X\n", "import m.X as X\n", "shared"),
        ("from m import X\n", "from n import X\n", "aliased"),
        ("from m import X\n", "from m import Y as X\n", "aliased"),
        ("from m import X\n", "from m import X\nX = wrap(X)\n", "aliased"),
        (
            "try:\n    from m import X\nexcept ImportError:\n    X = None\n",
            "from m import X\n",
            "shared",
        ),
        ("def X():\n    '''One.'''\n    return 1\n", "def X():\n    return 1\n", "aliased"),
        (
            "def X():\n    '''One.'''\n    return 1\n",
            "def X():\n    '''1.'''\n    return 1\n",
            "shared",
        ),
        (
            "def X():\n    if a:\n        b()\n    c()\n",
            "def X():\n    if a:\n        b()\n        c()\n",
            "aliased",
        ),
        ("Y = 1\ndef X(): return Y\n", "Y = 1\ndef X(): return Y\n", "shared"),
        ("Y = 1\ndef X(): return Y\n", "Y = 2\ndef X(): return Y\n", "aliased"),
        ("def X(): return X\n", "def X(): return X\n", "shared"),
    ],
)
def test_what_becomes_of_a_name(source: str, destination: str, outcome: str) -> None:
    found = resolve(source + "def moved():\n    return X\n", destination)
    assert outcomes(found)["X"] == outcome
    assert [s.text for s in found.carried if "X" in s.text] == (
        [parsed(source).bound["X"][0].text]
        if outcome != "shared" and "import" not in source
        else []
    )


def test_what_is_carried_needs_its_own_names() -> None:
    found = resolve(
        "import logging\nA = 1\nB = A + 1\nlogger = logging.getLogger()\nlogger.setLevel(B)\n"
        "other = 1\ndef moved():\n    logger.info('x')\n",
        "",
    )
    assert [s.text for s in found.carried] == [
        "A = 1\n",
        "B = A + 1\n",
        "logger = logging.getLogger()\n",
        "logger.setLevel(B)\n",
    ]
    assert found.imports == ["import logging"]


def test_a_global_that_is_only_written_is_carried() -> None:
    found = resolve("cache = None\ndef moved():\n    global cache\n    cache = 1\n", "")
    assert [s.text for s in found.carried] == ["cache = None\n"]


def test_parts_of_a_package_are_imported_where_only_the_package_is() -> None:
    source = "import a.b\nimport a.c\ndef moved():\n    return a.b.x\n"
    assert resolve(source, "").imports == ["import a.b", "import a.c"]
    found = resolve(source, "import a.c\n")
    assert outcomes(found)["a"] == "shared"
    assert found.imports == ["import a.b"]


def test_names_that_shadow_builtins() -> None:
    source = "def filter(x): return x\ndef moved():\n    return filter(1)\n"
    assert [s.bindings[0].name for s in resolve(source, "").carried] == ["filter"]
    plain = "def moved():\n    return open('x')\n"
    found = resolve(plain, "from io import open\n")
    assert found.aliased == {"open": "io_open"}
    assert outcomes(resolve(plain, "")) == {}


@pytest.mark.parametrize(
    ("source", "destination", "line", "what"),
    [
        (
            "def filter(x): return x\ndef moved(): return filter(1)\n",
            "\ny = filter(x)\n",
            2,
            "used here",
        ),
        ("from m import *\ndef moved(): return lost\n", "", 1, "whose names cannot be told"),
        ("def moved(): return 1\n", "from m import *\nx = moved()\n", 2, "used here"),
        (
            "X = 1\ndef moved(): return X\n",
            "from m import X\nm_X = 1\n",
            1,
            "'m_X' for it is not free",
        ),
        (
            "m_X = X = 1\ndef moved(): return X\n",
            "from m import X\n",
            1,
            "'m_X' for it is not free",
        ),
    ],
)
def test_what_cannot_be_resolved_is_refused(
    source: str, destination: str, line: int, what: str
) -> None:
    with pytest.raises(InputError, match=what) as caught:
        resolve(source, destination)
    assert caught.value.line == line
    assert caught.value.mend


def test_an_alias_of_ones_own() -> None:
    source = "X = 1\ndef moved(): return X\n"
    assert resolve(source, "from m import X\nm_X = 1\n", {"X": "theirs"}).aliased == {"X": "theirs"}


@pytest.mark.parametrize(
    ("destination", "alias"),
    [("from a.b import X\n", "b_X"), ("X = 2\n", "TO_X"), ("import X\n", "X_X")],
)
def test_an_alias_says_where_the_older_thing_is_from(destination: str, alias: str) -> None:
    assert resolve("X = 1\ndef moved(): return X\n", destination).aliased == {"X": alias}


def test_a_stub_needs_the_names_of_its_signature() -> None:
    found = resolve(
        "from typing import Any\nD = 1\ndef away(a: Any = D): pass\ndef moved(): return away(1)\n",
        "",
        remote={"away": frozenset({"Any", "D"})},
    )
    assert found.stubs == {"away"}
    assert found.imports == ["from typing import Any"]
    assert [s.text for s in found.carried] == ["D = 1\n"]


def test_a_name_bound_nowhere_is_left_and_told() -> None:
    assert outcomes(resolve("def moved(): return lost\n", "")) == {"lost": "unbound"}
    found = resolve("def moved(): return lost\n", "lost = 1\n")
    assert found.aliased == {"lost": "to_lost"}


def test_shared_names_bring_what_they_rest_on() -> None:
    found = resolve("Y = 1\nX = Y\ndef moved(): return X\n", "Y = 1\nX = Y\nZ = 1\n")
    assert found.shared == {"X", "Y"}
