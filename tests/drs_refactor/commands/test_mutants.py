"""`mutants` as a user meets it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from drs_refactor.__main__ import main
from harness.mutants import pairs, stages, templates
from harness.mutants.operators import OPERATORS

pytestmark = pytest.mark.usefixtures("in_process", "checkout")

SCENARIOS = ["--scenario", "servers-by-tags-refused", "--scenario", "servers-without-ids"]
FEW = [*SCENARIOS, "--operator", "error turned*", "--operator", "page*"]


@pytest.fixture(autouse=True)
def _few_strikes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stages, "different", lambda *_: iter(()))


def test_survivors_are_shown_and_written(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["mutants", *FEW, "--json", "m.json"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:5] == ["operator", "mutants", "found", "equal", "lives"]
    assert any(line.startswith("survived: ") and "page dropped" in line for line in lines)
    assert lines[-1].startswith("over: ")
    document = json.loads(Path("m.json").read_text())
    assert document["verdict"] == "over"
    assert document["families"]["move"]["killed"] >= 1
    assert document["survivors"][0]["diff"]
    assert Path(".drs-refactor/mutants.jsonl").is_file()
    # What was found is not run again.
    assert main(["mutants", *FEW, "--json", "m.json"]) == 1
    assert json.loads(Path("m.json").read_text())["from_cache"] > 0


def test_reasons_are_taken_from_beside_the_configuration(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main(["mutants", *FEW, "--json", "m.json"])
    survivors = json.loads(Path("m.json").read_text())["survivors"]
    keys = [*(one["key"] for one in survivors), "0" * 12]
    Path("equivalent-mutants.toml").write_text(
        f'[[equivalent]]\nreason = "for a test of the command"\nmutants = {json.dumps(keys)}\n'
    )
    assert main(["mutants", *FEW]) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[-1].startswith("within: ")
    assert "0" * 12 not in out  # which this part of the mutants says nothing of


def test_mutants_that_somebody_wrote(capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine.yaml").write_text(
        "- wrong: a tag is not stripped\n  file: lambda/query-handler/index.py\n"
        '  old: "for key, value in tags.items()\\n"\n'
        '  new: "for key, value in list(tags.items())[:1]\\n"\n'
    )
    given = ["mutants", "--written", "mine.yaml", *SCENARIOS, "--scenario", "servers-by-tags"]
    assert main([*given, "--json", "m.json"]) == 0
    assert json.loads(Path("m.json").read_text())["sampled"]
    out = capsys.readouterr().out
    assert "written: 1 of 1 found (100.0%; 0% asked for)" in out
    assert "move: " not in out
    assert main([*given, "--operator", "error turned*", "--report", "m.md"]) == 1
    assert Path("m.md").read_text().startswith("# Mutants: over\n")
    assert "move: " in capsys.readouterr().out


def test_the_operators_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["mutants", "--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(OPERATORS) + len(templates.WRONG) + len(pairs.WRONG)
    assert lines[0].startswith("move      ")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--sample", "0"], "--sample 0: there is nothing to run"),
        (["--operator", "none such"], "there is no mutant to try"),
        (["--equivalent", "none.toml"], "none.toml: there is no such file"),
        (["--written", "none.yaml"], "none.yaml: cannot be read"),
    ],
)
def test_bad_input_is_one_line(
    options: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["mutants", *options]) == 2
    told = capsys.readouterr().err
    assert message in told
    assert len(told.splitlines()) == 1
