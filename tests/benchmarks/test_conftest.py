"""A run that measured nothing is an error. No benchmark itself: runs with the unit tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = """
import pytest

def test_measured(benchmark):
    benchmark.pedantic(sum, ([1, 2],), rounds=3)

def test_forgotten(benchmark):
    assert benchmark.enabled

def test_without_one():
    assert True
"""

OFF = "nothing would be measured: pytest-benchmark is switched off. Run without -n, --dist and"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(Path(__file__).with_name("conftest.py"), tmp_path)
    (tmp_path / "test_it.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    return tmp_path


def outcome(folder: Path, *options: str) -> tuple[int, str]:
    """The exit code and what was printed."""
    command = [sys.executable, "-m", "pytest", "-rA", "-p", "no:cacheprovider", *options]
    # A run under xdist says so to whatever it starts, and that would not measure either.
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_XDIST")}
    ended = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env=environment
    )
    return ended.returncode, ended.stdout


def test_what_measures_passes(folder: Path) -> None:
    code, printed = outcome(folder, "-k", "not forgotten")
    assert (code, "2 passed" in printed) == (0, True)


def test_what_calls_no_benchmark_fails(folder: Path) -> None:
    code, printed = outcome(folder)
    assert code == 1
    assert "1 failed, 2 passed" in printed
    assert "nothing was measured: the test called no benchmark" in printed


@pytest.mark.parametrize("options", [("-n", "1"), ("--benchmark-disable",)])
def test_what_is_switched_off_fails(folder: Path, options: tuple[str, ...]) -> None:
    code, printed = outcome(folder, *options, "-k", "not forgotten")
    assert code == 1
    assert "1 failed, 1 passed" in printed
    assert OFF in printed
    assert "Traceback" not in printed


def test_a_failure_stays_what_it_is(folder: Path) -> None:
    (folder / "test_it.py").write_text("def test_it(benchmark):\n    assert benchmark is None\n")
    code, printed = outcome(folder)
    assert code == 1
    assert "assert benchmark is None" in printed
    assert "nothing was measured" not in printed
