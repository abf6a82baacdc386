from __future__ import annotations

import json
import re
import textwrap
from pathlib import Path

import pytest

from drs_refactor.errors import InputError
from harness.scenario import Scenario
from harness.scenario_files import from_case, merged, read, select, shipped


def written(folder: Path, text: str) -> Path:
    path = folder / "mine.yaml"
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return path


GOOD = """
    defaults:
      tables: {GROUPS: [{id: g, size: 1.5, tags: {n: 2, ok: true}}]}
      start: {input: {plan: {waves: [1]}, drill: true}}
    scenarios:
      one:
        shows: The defaults.
      two:
        shows: Over the defaults.
        start: {input: {plan: {name: P}, drill: false}}
"""


def test_scenarios_are_merged_over_the_defaults(tmp_path: Path) -> None:
    one, two = read(written(tmp_path, GOOD))
    assert one.start is not None
    assert two.start is not None
    assert one.start.input == {"plan": {"waves": [1]}, "drill": True}
    assert two.start.input == {"plan": {"waves": [1], "name": "P"}, "drill": False}
    assert one.tables["GROUPS"][0] == {"id": "g", "size": 1.5, "tags": {"n": 2, "ok": True}}


def test_lists_and_nulls_replace() -> None:
    assert merged({"a": [1, 2], "b": {"c": 1}}, {"a": [3], "b": None}) == {"a": [3], "b": None}


@pytest.mark.parametrize(
    ("scenario", "what"),
    [
        ("one: {shows: x, tabels: {}}", "one: unknown key 'tabels'"),
        ("one: {shows: x, servers: [{hostname: h}]}", "one: `servers` lacks id"),
        ("one: {shows: x, servers: [{id: a, os: b}]}", "one: unknown key 'os' in `servers`"),
        ("one: {shows: x, servers: [a]}", "one: each of `servers` must be a mapping"),
        ("one: {start: {input: {}}}", "one: `shows` must say"),
        ("one: {shows: x}", "one: nothing happens"),
        ("a/b: {shows: x, start: {input: 1}}", "a/b: a name is made of"),
        ("one: {shows: x, invoke: [{event: {}}]}", "one: `invoke` lacks function"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, scenario: str, what: str) -> None:
    path = written(tmp_path, f"# mine\nscenarios:\n  {scenario}\n")
    with pytest.raises(InputError, match=re.escape(what)) as caught:
        read(path)
    assert caught.value.place == f"{path}:3"


@pytest.mark.parametrize(
    "text", ["scenarios: [", "scenarios: \x00", "scenarios: 1", "other: {}", ""]
)
def test_a_file_that_holds_no_scenarios(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError) as caught:
        read(written(tmp_path, text))
    assert "mine.yaml" in caught.value.place


def test_an_empty_selection_is_an_error() -> None:
    with pytest.raises(InputError, match="no scenario matches nothing-\\*"):
        select(shipped(), ["nothing-*"])
    with pytest.raises(InputError, match="there is no scenario"):
        select([], [])


def test_selection_is_by_glob_and_keeps_the_order() -> None:
    names = [scenario.name for scenario in select(shipped(), ["drill-*", "no-waves"])]
    assert names == ["drill-one-wave", "drill-three-waves", "no-waves"]


def test_names_are_unique_and_each_says_what_it_shows() -> None:
    scenarios = shipped()
    assert len({scenario.name for scenario in scenarios}) == len(scenarios)
    assert all(len(scenario.shows) > 15 for scenario in scenarios)


@pytest.mark.parametrize("scenario", shipped(), ids=lambda scenario: scenario.name)
def test_a_case_survives_json(scenario: Scenario) -> None:
    text = json.dumps(scenario.as_case())

    def fail(what: str) -> InputError:
        return InputError(what)

    assert from_case(json.loads(text), fail) == scenario
