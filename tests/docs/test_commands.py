"""Every command that the README, docs/ and CONTRIBUTING.md show is run here, or where this says."""

from __future__ import annotations

import configparser
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from drs_refactor.__main__ import main

ROOT = Path(__file__).parent.parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]

ONE = ["--scenario", "drill-one-wave"]
RUN = {
    "drs-refactor init": ["init", "--source", "legacy"],
    "drs-refactor init --source TREE": ["init", "--source", "legacy"],
    "drs-refactor migrate": ["migrate"],
    "drs-refactor migrate --check": ["migrate", "--check"],
    "drs-refactor migrate --diff": ["migrate", "--diff"],
    "drs-refactor migrate --tests DIR": ["migrate", "--tests", "unit"],
    "drs-refactor proof": ["proof"],
    "drs-refactor verify": ["verify", *ONE],
    "drs-refactor replay CASE.json": ["replay", "reports/cases/fuzz.json"],
    "drs-refactor fuzz": ["fuzz", "--examples", "3"],
    "drs-refactor rollback": ["rollback", "--scenario", "other-region"],
    "drs-refactor bench --calibrate lambda.log > latency.toml": ["bench", "--calibrate", "log"],
}
"""What is run of each, with less to do where it would take long."""

LESS = {"drs-refactor verify --faults": ["verify", "--faults", *ONE, "--budget", "3"]}
"""What a budget leaves undecided: the exit code is 3 then."""

ELSEWHERE = {
    "drs-refactor bench": "tests/drs_refactor/commands/test_bench.py",
    "drs-refactor mutants": "tests/drs_refactor/commands/test_mutants.py",
    "drs-refactor serve": "tests/drs_refactor/commands/test_serve.py",
    "drs-refactor signoff": "tests/drs_refactor/commands/test_signoff.py",
    "python -m libcst.tool": "tests/codemods/test_commands.py",
    "pytest scenarios/": "tests/harness/test_pytest_plugin.py",
    "pytest --fixtures": "tests/harness/test_pytest_plugin.py",
    "ruff": "tox.ini",
    "mypy": "tox.ini",
    "python3 -m venv": ".ci/run",
}
"""By how a command begins, the file that runs it."""

LOG = (
    "REPORT RequestId: 3f1d Duration: 77.03 ms Billed Duration: 78 ms Memory Size: 512 MB "
    "Max Memory Used: 88 MB Init Duration: 387.25 ms\n"
)


def shown() -> dict[str, str]:
    """Every command, by the page that shows it first."""
    found: dict[str, str] = {}
    kinds = r"(?:drs-refactor|tox|pytest|python3?|ruff|mypy)"
    for page in PAGES:
        text = re.sub(r"(?s)^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
        for pattern in (rf"(?m)^    ({kinds} .*)$", rf"`({kinds}(?: [^`]*)?)`"):
            for command in re.findall(pattern, text):
                found.setdefault(command, page.name)
    return found


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of what a user has."""
    folder = tmp_path_factory.mktemp("workspace")
    for name in ("legacy", "refactored"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    shutil.copy(ROOT / "migration.toml", folder)
    (folder / "log").write_text(LOG)
    (folder / "unit").mkdir()
    (folder / "unit" / "test_nothing.py").write_text("def test_nothing() -> None:\n    pass\n")
    return folder


@pytest.mark.parametrize("command", [command for command in shown() if "tox" not in command])
def test_what_is_shown_is_run(
    command: str,
    workspace: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    in_process: None,
) -> None:
    monkeypatch.chdir(workspace)
    if command in RUN:
        if "replay" in command:
            assert main(["verify", *ONE]) == 0
            _write_case(workspace)
        if command.startswith("drs-refactor init"):
            monkeypatch.chdir(workspace.parent)
            arguments = ["init", "--source", str(workspace / "legacy")]
            (workspace.parent / "migration.toml").unlink(missing_ok=True)
            assert main(arguments) in (0, 3)
            return
        assert main(RUN[command]) == 0, capsys.readouterr()
    elif command in LESS:
        assert main(LESS[command]) == 3
    else:
        place = next((p for begin, p in ELSEWHERE.items() if command.startswith(begin)), None)
        assert place is not None, f"{command} ({shown()[command]}) is run by no test"
        words = command.split()[1] if command.startswith("drs-refactor") else command.split()[0]
        assert words in (ROOT / place).read_text(encoding="utf-8")


def _write_case(workspace: Path) -> None:
    from drs_refactor.cases import write_case
    from harness.results import Trees
    from harness.scenario_files import select, shipped

    trees = Trees(*(workspace / n for n in ("migration.toml", "legacy", "refactored")))
    write_case(trees, select(shipped(), ["drill-one-wave"])[0], "fuzz")


def test_environments_of_tox_are_there() -> None:
    tox = configparser.ConfigParser()
    tox.read(ROOT / "tox.ini")
    named = [command.split()[2] for command in shown() if command.startswith("tox -e ")]
    assert named
    for name in named:
        assert f"testenv:{name}" in tox, name


def test_links_lead_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if not target.startswith("http"):
                assert (page.parent / target).exists(), f"{page.name}: {target}"
