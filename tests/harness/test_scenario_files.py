from __future__ import annotations

import json
import re
import textwrap
from dataclasses import fields
from pathlib import Path

import pytest

from drs_refactor.__main__ import main
from drs_refactor.errors import InputError
from drs_refactor.migration import load
from harness.fitting import check
from harness.scenario import (
    Disruption,
    Invocation,
    JobTiming,
    Latency,
    Launch,
    Network,
    PlannedJob,
    Quotas,
    Scenario,
    Server,
    Start,
    TrustedRole,
)
from harness.scenario_files import from_case, merged, of, read, select, shipped
from harness.sides import Sides


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
        ("one: {shows: x, servers: [{hostname: h}]}", "one: servers[0] lacks 'id'"),
        ("one: {shows: x, servers: [{id: a, os: b}]}", "one: unknown key 'os' in servers[0]"),
        ("one: {shows: x, servers: [a]}", 'one: servers[0] is "a", not a mapping'),
        ("one: {start: {input: {}}}", "one: `shows` must say"),
        ("one: {shows: x}", "one: nothing happens"),
        ("a/b: {shows: x, start: {input: 1}}", "a/b: a name is made of"),
        ("one: {shows: x, invoke: [{event: {}}]}", "one: invoke[0] lacks 'function'"),
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
    assert from_case(json.loads(text), Path("case.json")) == scenario


def test_a_scenario_knows_where_it_stands(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    assert [scenario.source for scenario in read(path)] == [f"{path}:6", f"{path}:8"]


TWENTY_MISTAKES = {
    # what stands in line 5 of the file, or in the line that is named: what is told
    "servers: [{id: s-1, hostname: 5}]": "servers[0].hostname is 5, not a string",
    "servers: [{id: s-1}, {id: s-1}]": "server 's-1' is there twice",
    "servers: [{id: 's-{foo}', count: 2}]": "the braces of 's-{foo}' do not stand for a number",
    "servers: [{id: s-1, launch: {outcome: LOST}}]": 'servers[0].launch.outcome is "LOST", not',
    "servers: [{id: s-1, launch: {seconds: 5}}]": "unknown key 'seconds' in servers[0].launch",
    "servers: [{id: s-1, tags: [a]}]": 'servers[0].tags is ["a"], not a mapping',
    "timing: {launch_seconds: -1}": "timing: launch_seconds must not be negative",
    "timing: {launch: 5}": "unknown key 'launch' in timing",
    "quotas: {jobs: 5}": "unknown key 'jobs' in quotas",
    "jobs: [{stuck_in: ENDED}]": "jobs[0].stuck_in is \"ENDED\", not 'PENDING' or 'STARTED'",
    "jobs: {stuck_in: PENDING}": 'jobs is {"stuck_in": "PENDING"}, not a list',
    "roles: [{account: 210987654321, name: r}]": "roles[0].account is 210987654321, not a string",
    "roles: [{account: '210987654321'}]": "roles[0] lacks 'name'",
    "networks: [{subnets: subnet-1}]": 'networks[0].subnets is "subnet-1", not a list',
    "start: {name: e}": "start lacks 'input'",
    "start: {input: {}, seconds: soon}": 'start.seconds is "soon", not a number',
    "start: {input: {at: 2026-01-05}}": "start.input.at is a date, which JSON lacks",
    "invoke: [{function: f, event: {}, after: 5}]": "unknown key 'after' in invoke[0]",
    "refuse: [{operation: drs.StartRecovery, error: X}]": "refuse[0] lacks 'message'",
    "slow: [{operation: drs.StartRecovery}]": "slow[0] lacks 'seconds'",
    "tables: {GROUPS: {id: 1}}": 'tables.GROUPS is {"id": 1}, not a list',
    "concurrency: {f: 1.5}": "concurrency.f is 1.5, not a whole number",
    "history_limit: many": 'history_limit is "many", not a whole number',
    "shows: again": "'shows' stands here twice (see line 3)",
    "tabels: {}": "unknown key 'tabels'",
}


@pytest.mark.parametrize(("line", "told"), TWENTY_MISTAKES.items(), ids=TWENTY_MISTAKES)
def test_every_mistake_ends_in_one_line_and_exit_2(
    tmp_path: Path, root: Path, capsys: pytest.CaptureFixture[str], line: str, told: str
) -> None:
    start = "" if "start:" in line else "    start: {input: {}}\n"
    text = f"scenarios:\n  mine:\n    shows: mine\n{start or '    # here'}\n    {line}\n"
    (tmp_path / "mine.yaml").write_text(text.replace("\n\n", "\n"), encoding="utf-8")
    config = (root / "migration.toml").read_text(encoding="utf-8")
    (tmp_path / "migration.toml").write_text(f'{config}\n[scenarios]\nfiles = ["mine.yaml"]\n')
    code = main(["verify", "--list", "--config", str(tmp_path / "migration.toml")])
    out, err = capsys.readouterr()
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert f"mine.yaml:5: mine: {told}" in err or f"mine.yaml:5: {told}" in err


MISFITS = {
    "tables: {GROUPS: [{groupId: g}]}": "no function has a variable 'GROUPS' that names a table",
    "tables: {PROTECTION_GROUPS_TABLE: [{name: g}]}": "PROTECTION_GROUPS_TABLE[0] has no key 'gr",
    "tables: {PROTECTION_GROUPS_TABLE: [{groupId: 5}]}": "has no key 'groupId' of type S",
    "invoke: [{function: nobody, event: {}}]": "there is no function 'nobody'",
    "concurrency: {nobody: 1}": "there is no function 'nobody'",
    "lacks: [shared.nothing]": "`lacks` names 'shared.nothing', which is not there at all",
    "lacks: [shared.execution_utils.nothing]": "`lacks` names 'shared.execution_utils.nothing'",
    "lacks: [nothing]": "`lacks` names 'nothing', which is not there at all",
    "refuse: [{operation: drs.StartRecovry, error: X, message: x}]": "drs has no such operation",
    "slow: [{operation: dr.StartRecovery, seconds: 1}]": "there is no service 'dr'",
    "faults: [{operation: lambda.Invoke, kind: not configured, variable: X}]": "no function's var",
    "faults: [{operation: lambda.Invoke, kind: raises, action: x}]": "names no action 'x'",
    "faults: [{operation: lambda.Invoke, kind: raises, action: poll_wave_status, error: E}]": (
        "names no error 'E' that can be raised"
    ),
}


@pytest.mark.parametrize(("line", "told"), MISFITS.items(), ids=MISFITS)
def test_what_does_not_fit_the_tree_is_told_with_its_line(
    tmp_path: Path, sides: Sides, line: str, told: str
) -> None:
    text = f"scenarios:\n  mine: {{shows: mine, start: {{input: {{}}}}, {line}}}\n"
    [scenario] = read(written(tmp_path, text))
    with pytest.raises(InputError, match=re.escape(told)) as caught:
        check(sides.legacy, scenario)
    assert caught.value.place == f"{tmp_path / 'mine.yaml'}:2"


def test_scenarios_beside_migration_toml_come_with_the_shipped_ones_or_alone(
    tmp_path: Path, root: Path
) -> None:
    written(tmp_path, GOOD)
    config = tmp_path / "migration.toml"
    text = (root / "migration.toml").read_text(encoding="utf-8")
    config.write_text(f'{text}\n[scenarios]\nfiles = ["*.yaml"]\n')
    assert [scenario.name for scenario in of(load(config))] == ["one", "two"]
    config.write_text(f'{text}\n[scenarios]\nfiles = ["*.yaml"]\nshipped = true\n')
    assert len(of(load(config))) == len(shipped()) + 2
    config.write_text(f'{text}\n[scenarios]\nfiles = ["*.yml"]\n')
    with pytest.raises(InputError, match=re.escape("no file matches '*.yml'")) as caught:
        of(load(config))
    assert caught.value.line == len(text.splitlines()) + 2
    (tmp_path / "twin.yaml").write_text("scenarios: {two: {shows: x, start: {input: 1}}}")
    config.write_text(f'{text}\n[scenarios]\nfiles = ["*.yaml"]\n')
    with pytest.raises(InputError, match=r"another scenario 'two' at .*mine\.yaml:8"):
        of(load(config))


def test_the_documentation_has_every_key(root: Path) -> None:
    text = (root / "harness/scenarios/README.md").read_text(encoding="utf-8")
    kinds = (Scenario, Server, Start, Invocation, TrustedRole, Network, PlannedJob)
    keys = {item.name for kind in (*kinds, JobTiming, Launch, Quotas) for item in fields(kind)}
    keys |= {item.name for kind in (Disruption, Latency) for item in fields(kind)}
    assert sorted(key for key in keys - {"source"} if f"`{key}`" not in text) == []


def test_the_example_in_the_documentation_is_a_scenario(root: Path, tmp_path: Path) -> None:
    text = (root / "harness/scenarios/README.md").read_text(encoding="utf-8")
    [example] = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    (tmp_path / "example.yaml").write_text(example, encoding="utf-8")
    [scenario] = read(tmp_path / "example.yaml")
    assert scenario.invoke[0].seconds == 70
