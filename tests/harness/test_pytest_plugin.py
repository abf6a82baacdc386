"""The plugin as its users have it: a folder with migration.toml, scenarios and tests."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

SCENARIOS = """
defaults:
  tables:
    PROTECTION_GROUPS_TABLE: [{groupId: pg-1, region: us-east-1}]
scenarios:
  token-of-mine:
    shows: A token is stored.
    invoke:
      - {function: orchestration, event: {action: unheard-of}}
  another-of-mine:
    shows: No waves.
    start: {input: {Execution: {Id: e}, Plan: {planId: p, waves: []},
                    isDrill: true, accountContext: {}}}
"""


@pytest.fixture
def project(
    pytester: pytest.Pytester, root: Path, monkeypatch: pytest.MonkeyPatch
) -> pytest.Pytester:
    """A project of somebody else's, with copies of the shipped trees."""
    monkeypatch.setenv("PYTHONPATH", str(root))
    for name in ("legacy", "refactored"):
        shutil.copytree(root / name, pytester.path / name)
    config = (root / "migration.toml").read_text(encoding="utf-8")
    (pytester.path / "migration.toml").write_text(
        f'{config}\n[scenarios]\nfiles = ["scenarios/*.yaml"]\n', encoding="utf-8"
    )
    (pytester.path / "scenarios").mkdir()
    (pytester.path / "scenarios" / "mine.yaml").write_text(SCENARIOS, encoding="utf-8")
    return pytester


def run(project: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    plugin = ["-p", "harness.pytest_plugin"] if not installed() else []
    # A process of its own: moto cannot be imported a second time.
    return project.runpytest_subprocess("-p", "no:cacheprovider", *plugin, *arguments)


def installed() -> bool:
    """True where the plugin comes by its entry point."""
    from importlib.metadata import entry_points

    return any(point.value == "harness.pytest_plugin" for point in entry_points(group="pytest11"))


def test_scenarios_are_tests_and_k_selects(project: pytest.Pytester) -> None:
    (project.path / "other.yaml").write_text("no scenarios: [", encoding="utf-8")
    result = run(project, "-v", "-k", "token")
    result.assert_outcomes(passed=1, deselected=1)
    result.stdout.fnmatch_lines(["scenarios/mine.yaml::token-of-mine PASSED*"])


def test_a_divergence_fails_with_what_verify_prints(project: pytest.Pytester) -> None:
    path = project.path / "refactored/lambda/orchestration-stepfunctions/index.py"
    text = path.read_text(encoding="utf-8")
    assert text.count("DEFAULT_UPDATE_INTERVAL = 30") == 1
    path.write_text(text.replace("DEFAULT_UPDATE_INTERVAL = 30", "DEFAULT_UPDATE_INTERVAL = 31"))
    result = run(project)
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(
        [
            "another-of-mine: No waves.",
            "  state, step 1, result.current_wave_update_time",
            "    legacy      30",
            "    refactored  31",
            "    look at     lambda/orchestration-stepfunctions/index.py:*DEFAULT_UPDATE_INTERVAL*",
        ]
    )


def test_a_mistake_in_a_file_is_one_line(project: pytest.Pytester) -> None:
    path = project.path / "scenarios" / "mine.yaml"
    path.write_text(SCENARIOS.replace("shows: No waves.", "show: No waves."), encoding="utf-8")
    result = run(project)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*mine.yaml:11: another-of-mine: unknown key 'show'*"])


TESTS = """
import pytest
from harness.scenario import Invocation, Scenario

def test_a_world_of_its_own(drs_tree, drs_world):
    world = drs_world(drs_tree)
    answer = world.invoke("orchestration", {"action": "unheard-of"})
    assert answer.error

def test_worlds_take_a_scenario(drs_tree, drs_world):
    scenario = Scenario(
        "mine", "Seeded.", tables={"PROTECTION_GROUPS_TABLE": ({"groupId": "pg-9"},)}
    )
    world = drs_world(drs_tree, scenario, cold=True)
    tables = world.recording("mine").tables
    assert [{"groupId": "pg-9"}] in tables.values()

@pytest.mark.scenarios("*-of-mine")
def test_each(scenario, drs_identical):
    assert drs_identical(scenario).steps == 1

def test_compare(drs_compare):
    scenario = Scenario("x", "x", invoke=(Invocation("query-handler", {}),))
    assert drs_compare(scenario).verdict == "identical"
"""


def test_tests_get_trees_worlds_and_comparisons(project: pytest.Pytester) -> None:
    project.makepyfile(test_mine=TESTS)
    result = run(project, "-v", "test_mine.py")
    result.assert_outcomes(passed=7)
    result.stdout.fnmatch_lines(
        [
            "test_mine.py::test_a_world_of_its_own[[]legacy[]] PASSED*",
            "test_mine.py::test_a_world_of_its_own[[]refactored[]] PASSED*",
            "test_mine.py::test_each[[]token-of-mine[]] PASSED*",
        ],
    )


def test_another_configuration_can_be_named(project: pytest.Pytester) -> None:
    (project.path / "migration.toml").rename(project.path / "other.toml")
    options = ("scenarios", "--collect-only")
    run(project, *options).stdout.no_fnmatch_line("*of-mine*")
    named = run(project, *options, "--drs-refactor-config", "other.toml")
    named.stdout.fnmatch_lines(["*token-of-mine*"])
    project.makeini("[pytest]\ndrs_refactor_config = other.toml\n")
    run(project, *options).stdout.fnmatch_lines(["*token-of-mine*"])
