"""What all tests share: the shipped trees."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from drs_refactor.migration import Migration, load
from harness import one_scenario
from harness.executor import COLLECT_EVERY, Done
from harness.results import Trees
from harness.sides import Sides, read_sides

ROOT = Path(__file__).parent.parent

# moto's and botocore's models stay for good: looking for garbage in them takes a third of the time.
gc.set_threshold(COLLECT_EVERY)


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def migration() -> Migration:
    return load(ROOT / "migration.toml")


@pytest.fixture(scope="session")
def trees() -> Trees:
    return Trees(ROOT / "migration.toml", ROOT / "legacy", ROOT / "refactored")


@pytest.fixture(scope="session")
def sides(trees: Trees) -> Sides:
    """Both shipped trees, read once."""
    return read_sides(trees)


class InProcess:
    """The work of `harness.executor.Workers`, done here."""

    def __init__(self, work: Callable[[Any], Any], **_: object) -> None:
        self._work = work

    def __class_getitem__(cls, _: object) -> type[InProcess]:
        return cls

    def __enter__(self) -> InProcess:
        # A worker starts with none: trees of the same relative path are others in another folder.
        one_scenario._known.clear()
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def run(
        self,
        tasks: Sequence[Any],
        on_result: Callable[[int, Any], None],
        until: Callable[[], bool] = lambda: False,
    ) -> Done[Any]:
        results: list[Any] = [None] * len(tasks)
        for number, task in enumerate(tasks):
            if until():
                break
            results[number] = self._work(task)
            on_result(number, results[number])
        return Done(results, interrupted=False)


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with both trees in it, to run commands from and to spoil."""
    for name in ("legacy", "refactored"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "migration.toml", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what workers do be done in this process: they take longer to start than a few runs."""
    campaigns = [
        f"{name}.campaign" for name in ("bench", "faults", "fuzzing", "mutants", "rollout")
    ]
    for module in ("verify", *campaigns):
        monkeypatch.setattr(f"harness.{module}.Workers", InProcess)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The table of tests/equivalence/test_each_scenario.py, when it was made."""
    recorded = [
        pair
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", "") == "call"
        for pair in report.user_properties
    ]
    rows = [value for name, value in recorded if name == "breakage"]
    also = {
        scenario: found
        for name, value in recorded
        if name == "found also by"
        for scenario, found in value.items()
    }
    if not also:
        return
    terminalreporter.section("scenarios, and what each alone finds")
    width = max(len(scenario) for scenario, *_ in rows)
    for scenario, wrong, found in sorted(rows):
        others = f"and by {', '.join(also[scenario])}" if also.get(scenario) else "by no other"
        known = others if scenario in also else "others not run"
        terminalreporter.line(
            f"{scenario:<{width}}  {'found' if found else 'NOT FOUND'}, {known}: {wrong}"
        )
