"""`rollback` as a user meets it."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from drs_refactor.__main__ import main


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, its output piped."""
    return subprocess.run(
        [sys.executable, "-m", "drs_refactor", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.usefixtures("in_process")
def test_the_safe_way_of_the_shipped_trees(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rollback", "--scenario", "recovery-one-wave", "--json", "r.json"]) == 0
    lines = capsys.readouterr().out.splitlines()

    out = lines.index("The way out")
    assert lines[out + 1] == "  1. in any order"
    assert lines[out + 4].startswith(
        "     stack    update main: config:orchestration, config:query"
    )
    assert lines[out + 5].startswith("  2. by hand  code:orchestration (the new package")
    back = lines.index("The way back")
    assert lines[back + 1].startswith("  1. by hand  code:orchestration (the old package")
    assert lines[back + 2].startswith("     then wait 360 s")
    assert "  code:orchestration new while code:execution-handler is old" in lines
    assert any(
        line.startswith("warning: reverting the stack does not bring the old code back")
        for line in lines
    )
    assert lines[-1].startswith("identical: a safe way out and back; 33 of 64 combinations")

    document = json.loads((checkout / "r.json").read_text())
    assert document["verdict"] == "identical"
    assert document["trees"] == {"legacy": "legacy", "refactored": "refactored"}
    assert len(document["deploy_orders"]) == 120
    assert {order[-1] for order in document["deploy_orders"]} == {"code:orchestration"}
    assert {order[0] for order in document["rollback_orders"]} == {"code:orchestration"}
    assert len(document["unsafe"]) == 31
    assert all("code:orchestration" in unsafe["parts"] for unsafe in document["unsafe"])
    assert not document["stack"]["reverted"]["safe"]
    assert [package["key"] for package in document["stack"]["packages"]] == [
        "lambda/orchestration-stepfunctions.zip",
        "lambda/execution-handler.zip",
        "lambda/query-handler.zip",
    ]
    flights = {flight["name"]: flight for flight in document["in_flight"]}
    assert not flights["out, all at once"]["divergent"]
    assert flights["back, all at once, with invocations under way"]["divergent"]

    replay = next(line for line in lines if line.startswith("      replay: "))
    command, *arguments = shlex.split(replay.removeprefix("      replay: "))
    assert command == "drs-refactor"
    assert main([*arguments, "--all"]) == 1
    again = capsys.readouterr().out
    assert "start_wave_recovery was not answered by its route" in again
    assert again.endswith("recovery-one-wave: divergent\n")


def test_on_workers_of_its_own(checkout: Path) -> None:
    """And where no execution is in flight, nothing is said of those that are."""
    done = run("rollback", "--scenario", "preview-of-a-plan")
    assert (done.returncode, done.stderr) == (3, "")
    lines = done.stdout.splitlines()
    assert "not done: switches in flight: no scenario starts an execution of several steps" in lines
    assert lines[-1].startswith("inconclusive: a safe way out and back; 64 of 64 combinations")


def case(checkout: Path, **more: object) -> Path:
    """A case of mixed versions, as rollback writes it."""
    from drs_refactor.cases import write_case
    from harness.results import Trees
    from harness.scenario_files import select, shipped

    trees = Trees(*(Path(name) for name in ("migration.toml", "legacy", "refactored")))
    [scenario] = select(shipped(), ["recovery-one-wave"])
    write_case(trees, scenario, "mixed", **more)
    return checkout / "reports/cases/mixed.json"


def test_a_switch_is_replayed(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    switches = [{"step": 2, "parts": ["code:orchestration", "role:LambdaExecutionRole"]}]
    assert main(["replay", str(case(checkout, parts=[], switches=switches)), "--all"]) == 1
    text = capsys.readouterr().out
    assert "new: nothing; from step 2 on: code:orchestration, role:LambdaExecutionRole" in text
    assert "environment variable QUERY_HANDLER_ARN is not set" in text
    switches = [{"step": 2, "parts": ["role:LambdaExecutionRole"]}]
    assert main(["replay", str(case(checkout, parts=[], switches=switches))]) == 0
    assert capsys.readouterr().out.endswith("recovery-one-wave: identical\n")
    switches = [{"step": 20, "parts": []}]
    assert main(["replay", str(case(checkout, parts=[], switches=switches))]) == 3


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["rollback", "--scenario", "none-*"], "no scenario matches none-*"),
        (["rollback", "--refactored", "nowhere"], "nowhere: there is no such folder"),
        (["rollback", "--config", "nothing.toml"], "nothing.toml: there is no such file"),
    ],
)
def test_bad_input_is_one_line(
    checkout: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], what: str
) -> None:
    assert main([*arguments, "--json", "r.json"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"drs-refactor: {what}")
    assert captured.err.count("\n") == 1
    assert json.loads(Path("r.json").read_text())["verdict"] == "refused"


def test_a_case_of_parts_in_which_the_trees_do_not_differ(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["replay", str(case(checkout, parts=["code:other"]))]) == 2
    error = capsys.readouterr().err
    assert "the two trees do not differ in 'code:other'. Known: code:orchestration, " in error
