"""`fuzz` as a user meets it."""

from __future__ import annotations

import json
import shlex
import shutil
from pathlib import Path

import pytest

from drs_refactor.__main__ import main
from harness.fuzzing import campaign
from harness.scenario_files import read


def spoil(checkout: Path) -> None:
    path = checkout / "refactored/lambda/execution-handler/index.py"
    text = path.read_text(encoding="utf-8")
    assert text.count("isDrill=is_drill,") == 1
    path.write_text(text.replace("isDrill=is_drill,", "isDrill=True,"), encoding="utf-8")


@pytest.mark.usefixtures("in_process")
def test_a_difference_is_found_shrunk_saved_and_can_be_replayed(
    checkout: Path,
    root: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spoil(checkout)
    monkeypatch.setattr(campaign, "SHRUNK", 1)
    given = [
        "fuzz",
        "--examples",
        "6",
        "--seed",
        "1",
        "--cases",
        "new/c.jsonl",
        "--json",
        "f.json",
    ]
    assert main(given) == 1
    told = capsys.readouterr()
    assert told.err == ""
    lines = told.out.splitlines()
    assert any(line.startswith("divergent: 6 cases, ") for line in lines)
    assert lines[-1] == "cases: new/c.jsonl"
    assert any("has `isDrill=True,`, legacy `isDrill=is_drill,`" in line for line in lines)
    document = json.loads(Path("f.json").read_text())
    assert (document["verdict"], document["examples"], document["seed"]) == ("divergent", 6, 1)
    first = document["divergences"][0]
    assert first["path"].endswith("drs.StartRecovery parameters.isDrill")
    assert (first["legacy"], first["refactored"]) == (False, True)
    assert document["versions"]["hypothesis"]

    (scenario,) = read(Path(first["scenario"]))
    assert scenario.name == "fuzz-1"
    assert len(Path(first["scenario"]).read_text().splitlines()) < 40
    command, *arguments = shlex.split(first["replay"])
    assert command == "drs-refactor"
    assert main(arguments) == 1

    # The very cases again, on the tree as it should be.
    shutil.copytree(root / "refactored", "refactored", dirs_exist_ok=True)
    before = Path("new/c.jsonl").read_bytes()
    assert main(["fuzz", "--cases", "new/c.jsonl", "--json", "g.json"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "cases: 6 of new/c.jsonl, none drawn"
    assert Path("new/c.jsonl").read_bytes() == before
    document = json.loads(Path("g.json").read_text())
    assert (document["verdict"], document["examples"], document["seed"]) == ("identical", 6, 1)


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["--examples", "0"], "--examples 0: there is nothing to run"),
        (["--examples", "-5"], "--examples -5: there is nothing to run"),
        (["--cases", "migration.toml"], "migration.toml:1: this is not valid JSON"),
        (["--cases", "legacy"], "legacy: cannot be written"),
        (["--legacy", "nowhere"], "nowhere: there is no such folder"),
        (["--config", "nothing.toml"], "nothing.toml: there is no such file"),
    ],
)
def test_bad_input_is_told_in_one_line(
    arguments: list[str], what: str, checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["fuzz", "--json", "refused.json", *arguments]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(f"drs-refactor: {what}")
    assert told.err.count("\n") == 1
    assert json.loads(Path("refused.json").read_text())["verdict"] == "refused"
    assert sorted(path.name for path in checkout.iterdir()) == [
        "legacy",
        "migration.toml",
        "refactored",
        "refused.json",
    ]
