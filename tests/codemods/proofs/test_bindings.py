from __future__ import annotations

import pytest

from codemods.proofs.bindings import FALLBACK, Bindings, Bound, differing
from codemods.stub_helper import INVOKE
from tests.codemods.support import parsed

BEFORE = '''\
import json
from typing import Any

LIMIT = 3
STEPS = [LIMIT]


def helper(x):
    """Said here."""
    return x + LIMIT


def remote(x):
    return x


def other():
    return 1


def work(x: Any):
    return json.dumps(helper(x)), remote(x), STEPS, len(x), other()
'''
AFTER = f"""\
from typing import Any
import json

LIMIT = 3
STEPS = [LIMIT]


def helper(x):
    '''Said elsewhere.'''
    return x + LIMIT


def remote(x):
    return {INVOKE}(x)


def other_work():
    return 1


def work(x: Any):
    return json.dumps(helper(x)), remote(x), STEPS, len(x), other()
"""


def names(before: str, after: str) -> dict[str, str]:
    old, new = parsed(before), parsed(after)
    moved = {"work": "work", "other": "other_work"}
    statement = old.function("work")
    assert statement is not None
    found = Bindings(old, new, moved, ["remote"]).of(statement)
    assert [b.name for b in differing(found)] == [b.name for b in found if not b.how]
    return {b.name: b.how or str(b) for b in found}


def test_every_name_is_told_how_it_is_bound() -> None:
    assert names(BEFORE, AFTER + "\n\nother = other_work\n") == {
        "Any": "import",
        "LIMIT": "same",
        "STEPS": "same",
        "helper": "same",
        "json": "import",
        "len": "builtin",
        "other": "moved",
        "remote": "stub",
    }


@pytest.mark.parametrize(
    ("old", "new", "name", "told"),
    [
        ("LIMIT = 3", "LIMIT = 4", "LIMIT", "index.py:4, and meant index.py:4"),
        ("import json", "import simplejson as json", "json", "index.py:2, and meant index.py:1"),
        ("x + LIMIT", "x - LIMIT", "helper", "index.py:8, and meant index.py:8"),
        ("STEPS = [LIMIT]\n", "", "STEPS", "nothing in index.py, and meant index.py:5"),
        (f"return {INVOKE}(x)", "return x", "remote", "index.py:13, and meant index.py:13"),
        ("def other_work", "def another", "other", "nothing in index.py, and meant index.py:17"),
        ("LIMIT = 3", "len = LIMIT = 3", "len", "index.py:4, and meant the builtin"),
        ("LIMIT = 3", "LIMIT = 3\nLIMIT = 5", "LIMIT", "index.py:5, and meant index.py:4"),
    ],
)
def test_another_meaning_is_told_with_both_places(old: str, new: str, name: str, told: str) -> None:
    assert AFTER.count(old) == 1
    assert names(BEFORE, AFTER.replace(old, new))[name] == f"{name} means {told}"


def test_an_older_name_that_is_something_else() -> None:
    found = names(BEFORE, AFTER + "\n\nother = print\n")
    assert found["other"] == "other means index.py:25, and meant index.py:17"


GUARDED = "try:\n    import json\nexcept ImportError:\n    import simplejson as json\n"
DEFINED = "try:\n    import json\nexcept ImportError:\n    def json(x):\n        return 1\n"


@pytest.mark.parametrize(
    ("old", "new", "how"),
    [
        (GUARDED, "import json\n", "import"),
        (DEFINED, "import json\n", "import"),
        (GUARDED, GUARDED, "import"),
        (DEFINED, DEFINED, "same"),
        ("import json\n", GUARDED, FALLBACK),
        (DEFINED, DEFINED.replace("return 1", "return 2"), FALLBACK),
        (GUARDED, GUARDED.replace("simplejson", "ujson"), FALLBACK),
        ("import json\nimport simplejson as json\n", "import json\n", ""),
        ("import json\n", "import json\nimport simplejson as json\n", ""),
        ("import json.decoder\nimport json.encoder\n", "import json\n", "import"),
        ("import json\n", "import json.decoder\nimport json.encoder\n", "import"),
    ],
)
def test_a_fallback_that_only_the_newer_one_has_is_told(old: str, new: str, how: str) -> None:
    before, after = (t.replace("import json\n", n, 1) for t, n in ((BEFORE, old), (AFTER, new)))
    found = names(before, after)["json"]
    assert found.startswith("json means") if not how else found == how


def test_a_doubt_in_words() -> None:
    assert str(Bound("json", FALLBACK, "a.py:1", "b.py:2")) == (
        "json has a fallback in b.py:2 that it had not in a.py:1"
    )
