"""What the README says of commands is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from drs_refactor.__main__ import COMMANDS, main


def test_ci_runs_the_readmes_test_command(root: Path) -> None:
    command = re.search(r"## The tests\n\n    (.+)\n", (root / "README.md").read_text())
    assert command is not None
    assert command[1] in (root / ".ci/run").read_text().splitlines()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_there_and_shows_an_example(
    command: str, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert f"`drs-refactor {command}" in (root / "README.md").read_text()
    with pytest.raises(SystemExit) as stopped:
        main([command, "--help"])
    assert stopped.value.code == 0
    assert f"example: drs-refactor {command}" in capsys.readouterr().out


def test_the_committed_report_says_what_the_readme_shows(root: Path) -> None:
    report = (root / "reports/verify.md").read_text()
    shown = re.search(r"identical: (\d+) identical of", (root / "README.md").read_text())
    assert shown is not None
    assert f"{shown[1]} of {shown[1]} scenarios identical" in report
