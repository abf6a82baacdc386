"""`verify` and `replay` as a user meets them."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from drs_refactor.__main__ import main


def spoil(checkout: Path) -> None:
    path = checkout / "refactored/lambda/execution-handler/index.py"
    text = path.read_text(encoding="utf-8")
    assert text.count("isDrill=is_drill,") == 1
    path.write_text(text.replace("isDrill=is_drill,", "isDrill=False,"), encoding="utf-8")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, its output piped."""
    return subprocess.run(
        [sys.executable, "-m", "drs_refactor", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=dict(os.environ),
    )


def test_identical_trees(checkout: Path) -> None:
    done = run(
        "verify",
        "--scenario",
        "no-waves",
        "--scenario",
        "unknown-action",
        "--json",
        "v.json",
        "--junit",
        "v.xml",
        "--report",
        "reports/verify.md",
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "identical: 2 identical of 2 scenarios" in done.stdout
    assert "allowance: invocations of moved actions" in done.stdout
    document = json.loads((checkout / "v.json").read_text())
    assert document["verdict"] == "identical"
    assert [(s["name"], s["verdict"], s["divergences"]) for s in document["scenarios"]] == [
        ("unknown-action", "identical", []),
        ("no-waves", "identical", []),
    ]
    assert document["trees"] == {"legacy": "legacy", "refactored": "refactored"}
    suite = ElementTree.parse(checkout / "v.xml").getroot()
    assert (suite.get("tests"), suite.get("failures")) == ("2", "0")
    assert (checkout / "reports/verify.md").read_text().startswith("# Verify: identical\n")
    assert not (checkout / "reports/cases").exists()


def test_a_difference_is_shown_and_can_be_replayed(checkout: Path) -> None:
    spoil(checkout)
    done = run(
        "verify",
        "--scenario",
        "drill-one-wave",
        "--scenario",
        "no-waves",
        "--json",
        "v.json",
        "--junit",
        "v.xml",
        "--report",
        "v.md",
    )
    assert (done.returncode, done.stderr) == (1, "")
    lines = done.stdout.splitlines()
    place = lines.index("  calls, step 1, calls[2] drs.StartRecovery parameters.isDrill")
    legacy, refactored, look_at = lines[place + 1 : place + 4]
    assert legacy.startswith("    legacy      true  (lambda/orchestration-stepfunctions/index.py:")
    assert refactored.startswith("    refactored  false  (lambda/execution-handler/index.py:")
    assert look_at.startswith("    look at     lambda/execution-handler/index.py:")
    assert "start_wave_recovery: has `isDrill=False,`, legacy `isDrill=is_drill,`" in look_at
    assert "divergent: 1 identical, 1 divergent of 2 scenarios" in lines[-1]
    (divergent,) = [
        s
        for s in json.loads(Path("v.json").read_text())["scenarios"]
        if s["verdict"] == "divergent"
    ]
    first = divergent["divergences"][0]
    assert {key: first[key] for key in ("kind", "step", "path", "legacy", "refactored")} == {
        "kind": "calls",
        "step": 1,
        "path": "calls[2] drs.StartRecovery parameters.isDrill",
        "legacy": True,
        "refactored": False,
    }
    failure = ElementTree.parse("v.xml").getroot().find(".//failure")
    assert failure is not None
    assert "parameters.isDrill" in (failure.text or "")
    assert "parameters.isDrill" in Path("v.md").read_text()

    replay = next(line for line in lines if line.startswith("  replay: "))
    command, *arguments = shlex.split(replay.removeprefix("  replay: "))
    assert command == "drs-refactor"
    again = run(*arguments)
    assert again.returncode == 1
    assert "  calls, step 1, calls[2] drs.StartRecovery parameters.isDrill" in again.stdout


@pytest.mark.usefixtures("in_process")
def test_replay_of_a_mended_tree_is_identical(
    checkout: Path, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(checkout)
    assert main(["verify", "--scenario", "drill-one-wave"]) == 1
    shutil.rmtree("refactored")
    shutil.copytree(root / "refactored", "refactored")
    capsys.readouterr()
    assert main(["replay", "reports/cases/drill-one-wave.json"]) == 0
    assert capsys.readouterr().out == "drill-one-wave: identical\n"


def test_list_says_what_each_scenario_shows(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "--list", "--scenario", "cancel-*"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4
    assert all(line.startswith("cancel-") and line.endswith(".") for line in lines)


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["--scenario", "none-*"], "no scenario matches none-*"),
        (["--legacy", "nowhere"], "nowhere: there is no such folder"),
        (["--refactored", "nowhere"], "nowhere: there is no such folder"),
        (["--config", "nothing.toml"], "nothing.toml: there is no such file"),
    ],
)
def test_bad_input_is_one_line_and_writes_nothing_but_the_json(
    checkout: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], what: str
) -> None:
    before = sorted(checkout.rglob("*"))
    assert main(["verify", *arguments, "--json", "v.json", "--report", "v.md"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"drs-refactor: {what}")
    assert captured.err.count("\n") == 1
    assert json.loads(Path("v.json").read_text())["verdict"] == "refused"
    assert sorted(checkout.rglob("*")) == sorted([*before, checkout / "v.json"])


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (None, "cannot be read"),
        ("{", "not valid JSON"),
        ("[]", "no case"),
        (
            '{"scenario": {"name": "x", "shows": "x", "invoke": [{"function": "f", "event": 1}]}}',
            "the case has no",
        ),
        ('{"scenario": {"name": "x"}}', "`shows` must say"),
    ],
)
def test_a_bad_case_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | None, what: str
) -> None:
    path = tmp_path / "case.json"
    if content is not None:
        path.write_text(content)
    assert main(["replay", str(path)]) == 2
    error = capsys.readouterr().err
    assert what in error
    assert error.count("\n") == 1
