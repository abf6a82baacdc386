"""Generated modules: names of any kind, in any order, that clash or do not, are moved between. What
moves, and what stays on either side, gives afterwards what it gave before.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codemods.migrate import Migrated, migrate
from codemods.proofs.recheck import prove
from codemods.scene import read_scene
from codemods.syntax.source import parse
from drs_refactor.migration import load

NAMES = ("alpha", "beta", "gamma", "delta")
CONFIG = """\
[functions.home]
path = "home/index.py"
[functions.other]
path = "other/index.py"
[[moves]]
function = "work"
from = "home"
to = "other"
"""

# What a name may be, each with a value of its own; {v} is a number.
KINDS = (
    "{n} = {v}",
    "{n} = {v}  # a note",
    "{n}: int = {v}",
    "def {n}():\n    return {v}",
    "# About it.\n@staticmethod\ndef {n}():\n    '''doc {v}'''\n    return {v}",
    "class {n}:\n    value = {v}",
    "import json as {n}",
    "from math import pi as {n}",
    "try:\n    import json as {n}\nexcept ImportError:\n    {n} = {v}",
    "if True:\n    {n} = {v}\nelse:\n    {n} = None",
    "{n} = lambda: {v}",
    "{n} = []\n{n}.append({v})",
    "{n} = []\nfor _{n} in range({v}):\n    {n} += [_{n}]",
    "{n}, _{n}_too = {v}, 1",
    "_{n}_all = [{n} := i for i in range({v} + 1)]",
    "_{n}_cache = None\n\n\ndef {n}():\n    global _{n}_cache\n    if _{n}_cache is None:\n"
    "        _{n}_cache = [{v}]\n    return _{n}_cache",
)
# How a name may be used, in a function that is called with x; the value must be JSON.
SEEN = "seen.append(show({n}))"
USES = (
    SEEN,
    "seen.append([show({n}) for _ in range(2)])",
    "seen.append((lambda: show({n}))())",
    "def inner():\n        return show({n})\n    seen.append(inner())",
    "for {n} in range(2):\n        seen.append({n})",
    "seen.append(dict({n}=x))",
    "seen.append(f'{{show({n})!r}}')",
    "seen.append('{n}')  # {n}",
)
SHOW = (
    "def show(thing):\n"
    "    thing = thing() if callable(thing) and not isinstance(thing, type) else thing\n"
    "    return getattr(thing, '__name__', getattr(thing, 'value', thing))"
)


@dataclass(frozen=True)
class Side:
    """A module: what its names are, and how its own function uses some."""

    kinds: dict[str, tuple[str, int]]
    uses: list[tuple[str, str]]
    order: list[str]
    gap: str

    def text(self, function: str, last: str = "") -> str:
        pieces = [self.kinds[n][0].format(n=n, v=self.kinds[n][1]) for n in self.order]
        used = [use.format(n=name) for name, use in self.uses if name in self.kinds]
        body = "\n    ".join(["seen = []", *used, "return seen"])
        pieces += [SHOW, f"def {function}(x):\n    {body}", last]
        return self.gap.join(pieces) + "\n"


def sides(uses: tuple[str, ...]) -> st.SearchStrategy[Side]:
    kinds = st.dictionaries(
        st.sampled_from(NAMES), st.tuples(st.sampled_from(KINDS), st.integers(0, 2)), max_size=4
    )
    used = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(uses)), max_size=4)
    gap = st.sampled_from(["\n\n\n", "\n\n# ----\n\n", "\n\n\n# note\n\n"])

    def ordered(found: dict[str, tuple[str, int]]) -> st.SearchStrategy[Side]:
        order = st.permutations(sorted(found)).map(list)
        return st.builds(Side, st.just(found), used, order, gap)

    return kinds.flatmap(ordered)


def outcome(text: str, function: str) -> Any:
    """What a function of a module gives, or its exception."""
    module: dict[str, Any] = {"__name__": "index"}
    exec(compile(text, "index.py", "exec", dont_inherit=True), module)
    try:
        return json.loads(json.dumps(module[function](1), default=repr))
    except Exception as error:
        return type(error).__name__


def migrated(folder: Path, home: str, other: str) -> Migrated:
    for key, text in (("home", home), ("other", other)):
        (folder / "legacy" / key).mkdir(parents=True)
        (folder / "legacy" / key / "index.py").write_text(text)
    (folder / "migration.toml").write_text(CONFIG)
    return migrate(folder / "legacy", load(folder / "migration.toml"))


HANDLER = "def lambda_handler(event, context):\n    return {}"


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(sides(USES), sides(USES))
def test_everything_means_what_it_meant(
    tmp_path_factory: pytest.TempPathFactory, home: Side, other: Side
) -> None:
    before = home.text("work", HANDLER.format("work(1)"))
    there = other.text("own", HANDLER.format("own(1)"))
    folder = tmp_path_factory.mktemp("tree")
    result = migrated(folder, before, there)
    after = result.wanted["other/index.py"].decode()
    assert outcome(after, "work") == outcome(before, "work")
    assert outcome(after, "own") == outcome(there, "own")
    assert outcome(result.wanted["home/index.py"].decode(), "lambda_handler") == "TypeError"
    scene = read_scene(folder / "legacy", load(folder / "migration.toml"))
    files = {path: parse(result.wanted[path], path) for path in scene.files}
    assert prove(scene, files, folder / "legacy").problems() == []


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(sides((SEEN,)), sides((SEEN,)))
def test_what_does_not_clash_keeps_every_byte(
    tmp_path_factory: pytest.TempPathFactory, home: Side, other: Side
) -> None:
    there = other.text("own", HANDLER)
    result = migrated(tmp_path_factory.mktemp("tree"), home.text("work", HANDLER), there)
    after = result.wanted["other/index.py"].decode()
    aliased = {r.name for r in result.plan.resolutions if r.outcome == "aliased"}
    if not aliased:
        place = 0
        for line in there.splitlines(keepends=True):  # in order, with nothing lost between
            place = after.index(line, place) + len(line)
