"""A pytest plugin: scenario files are tests, and tests can run worlds of their own.

Every scenario of a YAML file that `[scenarios] files` of migration.toml names is a test item, so
`pytest -k pause` runs those whose name has "pause" in it. Test functions get

- `drs_sides`: both trees, read once; `drs_tree`: one of them, the test runs for each;
- `drs_world(tree, scenario=None, **options)`: a World with the tree deployed in it, the scenario's
  account seeded; open until the test ends;
- `drs_compare(scenario)`: the ScenarioResult of both trees; `drs_identical(scenario)`: the same, or
  a failure with what `verify` would print;
- with `@pytest.mark.scenarios("pause-*")`, an argument `scenario`: one test for each that matches.

The configuration is migration.toml in pytest's rootdir, or `--drs-refactor-config FILE`, or the ini
option `drs_refactor_config`. Nothing heavy is imported before a test asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from harness.results import ScenarioResult
    from harness.scenario import Scenario
    from harness.sides import Sides
    from harness.tree import Tree
    from harness.world import World

_SIDES = pytest.StashKey["Sides"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    help_text = "migration.toml of the trees under test (default: in rootdir)"
    parser.addini("drs_refactor_config", help_text, default="migration.toml")
    parser.getgroup("drs-refactor").addoption(
        "--drs-refactor-config", metavar="FILE", default=None, help=help_text
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "scenarios(*globs): run the test for each scenario whose name matches"
    )


def config_path(config: pytest.Config) -> Path:
    """The migration.toml that this run is about."""
    given = config.getoption("--drs-refactor-config")
    return Path(given) if given else config.rootpath / config.getini("drs_refactor_config")


def _sides(config: pytest.Config) -> Sides:
    if _SIDES not in config.stash:
        from drs_refactor.migration import load
        from harness.results import Trees
        from harness.sides import read_sides

        migration = load(config_path(config))
        trees = Trees(migration.path, migration.legacy, migration.refactored)
        config.stash[_SIDES] = read_sides(trees)
    return config.stash[_SIDES]


# Scenario files as tests.


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if file_path.suffix not in (".yaml", ".yml") or not config_path(parent.config).is_file():
        return None
    from drs_refactor.migration import load

    migration = load(config_path(parent.config))
    folder = migration.path.parent
    named = {path.resolve() for glob in migration.scenarios.files for path in folder.glob(glob)}
    if file_path.resolve() not in named:
        return None
    return ScenarioFile.from_parent(parent, path=file_path)


class ScenarioFile(pytest.File):
    """A file of scenarios."""

    def collect(self) -> Iterable[ScenarioItem]:
        from drs_refactor.errors import InputError
        from harness.scenario_files import read

        try:
            scenarios = read(self.path)
        except InputError as error:
            raise self.CollectError(str(error)) from error
        for scenario in scenarios:
            yield ScenarioItem.from_parent(self, name=scenario.name, scenario=scenario)


class ScenarioItem(pytest.Item):
    """One scenario, run on both trees and compared."""

    def __init__(self, *, scenario: Scenario, **options: Any) -> None:
        super().__init__(**options)
        self.scenario = scenario

    def runtest(self) -> None:
        identical(_sides(self.config), self.scenario)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        from drs_refactor.errors import InputError

        if isinstance(excinfo.value, AssertionError | InputError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        _, _, line = self.scenario.source.rpartition(":")
        return self.path, int(line) - 1, self.name


def identical(sides: Sides, scenario: Scenario) -> ScenarioResult:
    """The result of a scenario that is identical. Raises AssertionError with the divergence."""
    from harness.one_scenario import verify_scenario
    from harness.reports.text import divergences

    result = verify_scenario(sides, scenario)
    if result.verdict != "identical":
        raise AssertionError("\n".join(divergences(result, "")).strip())
    return result


# What test functions get.


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "drs_tree" in metafunc.fixturenames:
        metafunc.parametrize("drs_tree", ["legacy", "refactored"], indirect=True)
    marker = metafunc.definition.get_closest_marker("scenarios")
    if marker is None:
        return
    from drs_refactor.migration import load
    from harness.scenario_files import of, select

    scenarios = select(of(load(config_path(metafunc.config))), marker.args)
    metafunc.parametrize("scenario", scenarios, ids=[scenario.name for scenario in scenarios])


@pytest.fixture(scope="session")
def drs_sides(pytestconfig: pytest.Config) -> Sides:
    """Both trees and the rules of their comparison."""
    return _sides(pytestconfig)


@pytest.fixture
def drs_tree(request: pytest.FixtureRequest) -> Tree:
    """The legacy tree, then the refactored one."""
    tree: Tree = getattr(_sides(request.config), request.param)
    return tree


@pytest.fixture
def drs_world() -> Iterator[Callable[..., World]]:
    """`drs_world(tree, scenario=None, **options)`: an open World; one at a time."""
    from harness.run import seed
    from harness.world import World

    with ExitStack() as stack:

        def make(tree: Tree, scenario: Scenario | None = None, **options: Any) -> World:
            stack.close()  # the world before, if there is one
            world = stack.enter_context(World(tree, **options))
            if scenario is not None:
                seed(world, scenario)
            return world

        yield make


@pytest.fixture
def drs_compare(drs_sides: Sides) -> Callable[[Scenario], ScenarioResult]:
    """`drs_compare(scenario)`: run it on both trees, warm and cold, and compare."""
    from harness.one_scenario import verify_scenario

    return lambda scenario: verify_scenario(drs_sides, scenario)


@pytest.fixture
def drs_identical(drs_sides: Sides) -> Callable[[Scenario], ScenarioResult]:
    """`drs_identical(scenario)`: as drs_compare, and fails unless it is identical."""
    return lambda scenario: identical(drs_sides, scenario)
