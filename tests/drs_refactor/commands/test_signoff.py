"""`signoff` as a user meets it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from drs_refactor.__main__ import main
from drs_refactor.commands import signoff
from drs_refactor.errors import InputError
from drs_refactor.signoff import digests
from drs_refactor.signoff.evidence import PARTS, Evidence
from drs_refactor.signoff.gather import Asked
from tests.drs_refactor.signoff import support

Printed = pytest.CaptureFixture[str]


@pytest.fixture
def given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What is gathered ("evidence"), and what was asked for it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(digests, "of_tool", lambda: support.TOOL)
    found: dict[str, Any] = {"evidence": support.made(tmp_path)}

    def gathered(migration: object, trees: object, asked: Asked, told: Any) -> Evidence:
        told("verify", 1, 2, "scenarios")
        found.update(migration=migration, trees=trees, asked=asked)
        evidence: Evidence = found["evidence"]
        return evidence

    monkeypatch.setattr(signoff, "gather", gathered)
    return found


@pytest.mark.parametrize(
    ("part", "verdict", "code", "line"),
    [
        ("verify", "identical", 0, "Yes, this may be released"),
        ("verify", "divergent", 1, "No, this must not be released"),
        ("bench", "over", 1, "No, this must not be released"),
        ("bench", "faster", 1, "No, this must not be released"),
        ("faults", "invalid", 3, "Not decided: "),
        ("fuzz", "inconclusive", 3, "Not decided: "),
        ("mutants", "not run", 3, "Not decided: "),
    ],
)
def test_the_answer_is_the_last_line_and_the_exit_code(
    given: dict[str, Any], capsys: Printed, part: str, verdict: str, code: int, line: str
) -> None:
    given["evidence"] = support.turned(given["evidence"], part, verdict)
    assert main(["signoff", "--json", "all.json"]) == code
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Sign-off: refactored against legacy"
    reasons = lines[1:8]
    assert sorted(one.partition(":")[0].split()[-1] for one in reasons) == sorted(PARTS)
    if code:
        assert reasons[0].split(":")[0].split() == [*verdict.split(), part]
    assert lines[8] == "not checked:"
    assert any(one.startswith("  AWS itself") for one in lines)
    assert lines[-2].startswith("written: reports/signoff.html, and what else")
    assert lines[-1].startswith(line)
    written = json.loads(Path("reports/signoff.json").read_text())
    assert written == json.loads(Path("all.json").read_text())
    assert written["released"] == {0: "yes", 1: "no", 3: "not decided"}[code]


def test_every_report_is_written(given: dict[str, Any]) -> None:
    assert main(["signoff", "--output", "to/here"]) == 0
    names = {path.name for path in Path("to/here").iterdir()}
    assert names == {
        *("benchmark.md", "manifest.json", "pictures", "rollback.html", "rollback.md"),
        *("signoff.html", "signoff.json", "signoff.md", "signoff.sarif", "signoff.xml"),
        "verify.md",
    }
    assert not Path("reports").exists()
    manifest = json.loads(Path("to/here/manifest.json").read_text())
    assert manifest["predicate"]["trees"]["legacy"] == "../../legacy"
    assert main(["signoff", "--verify", "to/here/manifest.json"]) == 0


def test_all_is_asked_for_unless_something_is(given: dict[str, Any]) -> None:
    main(["signoff"])
    assert given["asked"] == Asked(Path("reports/mutants.json"), PARTS, False, 0)
    assert given["trees"].legacy == Path("legacy")
    main(["signoff", "--part", "fuzz", "--part", "verify", "--quick", "--seed", "9"])
    asked = given["asked"]
    assert (set(asked.parts), asked.quick, asked.seed) == ({"fuzz", "verify"}, True, 9)
    Path("m.json").write_text("{}")
    main(["signoff", "--output", "o", "--mutants", "m.json", "--legacy", "refactored"])
    assert given["asked"].cases == Path("o/cases")
    assert given["asked"].mutants == Path("m.json")
    assert given["trees"].legacy == Path("refactored")
    main(["signoff", "--output", "o"])
    assert given["asked"].mutants == Path("o/mutants.json")


def test_a_part_that_there_is_not(given: dict[str, Any], capsys: Printed) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["signoff", "--part", "prayers"])
    assert caught.value.code == 2
    assert "prayers" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--config", "none.toml"], "none.toml: there is no such file"),
        (["--output", "file"], "file/signoff.html: cannot be written"),
        (["--output", "taken"], "taken/signoff.html: cannot be written"),
        (["--output", "legacy/out"], "legacy/out: the reports would be written into a tree"),
        (["--mutants", "none.json"], "none.json: there is no such file"),
        (["--verify", "none.json"], "none.json: cannot be read: No such file or directory"),
        (["--verify", "file"], "file: this is not valid JSON"),
        (["--verify", "file", "--quick"], "--quick does not go with --verify"),
        (["--verify", "file", "--part", "fuzz"], "--part does not go with --verify"),
        (["--verify", "file", "--mutants", "m"], "--mutants does not go with --verify"),
    ],
)
def test_bad_input_is_one_line(
    given: dict[str, Any], capsys: Printed, arguments: list[str], message: str
) -> None:
    Path("file").write_text("x")
    Path("taken/signoff.html").mkdir(parents=True)
    assert main(["signoff", *arguments, "--json", "r.json"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"drs-refactor: {message}")
    assert captured.err.count("\n") == 1
    assert json.loads(Path("r.json").read_text())["verdict"] == "refused"
    assert "asked" not in given
    assert not Path("reports").exists()


def test_where_the_json_cannot_be_written_nothing_is_run(
    given: dict[str, Any], capsys: Printed
) -> None:
    assert main(["signoff", "--json", "legacy"]) == 2
    assert "legacy: cannot be written" in capsys.readouterr().err
    assert "asked" not in given


def test_where_a_report_cannot_be_written_none_is(given: dict[str, Any], capsys: Printed) -> None:
    Path("reports/manifest.json").mkdir(parents=True)
    assert main(["signoff"]) == 2
    assert capsys.readouterr().err.startswith("drs-refactor: reports: cannot be written: Is a dir")
    assert [path.name for path in Path("reports").rglob("*")] == ["manifest.json"]


def test_trees_that_cannot_be_compared_leave_no_report(
    given: dict[str, Any], capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise InputError("this does not parse", path="a.py")

    monkeypatch.setattr(signoff, "gather", refused)
    assert main(["signoff"]) == 2
    assert capsys.readouterr().err == "drs-refactor: a.py: this does not parse\n"
    assert not Path("reports").exists()


VERIFY = ["signoff", "--verify", "reports/manifest.json"]


@pytest.fixture
def signed(given: dict[str, Any], capsys: Printed) -> dict[str, Any]:
    """A release that was signed."""
    assert main(["signoff"]) == 0
    capsys.readouterr()
    return given


def test_trees_that_were_signed_are_known_again(signed: dict[str, Any], capsys: Printed) -> None:
    assert main([*VERIFY, "--json", "v.json"]) == 0
    assert capsys.readouterr().out == "these are the trees that were signed: 4 files\n"
    assert json.loads(Path("v.json").read_text()) == {
        "verdict": "identical",
        "released": "yes",
        "changes": [],
        "reports": [],
        "remarks": [],
    }


def test_what_differs_is_named(signed: dict[str, Any], capsys: Printed) -> None:
    Path("refactored/worker.py").write_text("pass\n")
    Path("legacy/new.py").write_text("pass\n")
    Path("reports/signoff.html").write_text("Yes!")
    assert main([*VERIFY, "--json", "v.json"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "legacy/new.py is new",
        "refactored/worker.py is another",
        "the report signoff.html is not the one that was written",
        "these are NOT the trees that were signed: 2 files differ",
    ]
    document = json.loads(Path("v.json").read_text())
    assert document["verdict"] == "divergent"
    assert document["changes"] == ["legacy/new.py is new", "refactored/worker.py is another"]
    assert document["reports"] == ["the report signoff.html is not the one that was written"]


@pytest.mark.parametrize(("verdict", "code"), [("divergent", 1), ("invalid", 3)])
def test_what_was_not_released_is_never_held(
    given: dict[str, Any], capsys: Printed, verdict: str, code: int
) -> None:
    given["evidence"] = support.turned(given["evidence"], "verify", verdict)
    assert main(["signoff"]) == code
    assert main(VERIFY) == 1
    assert "and they were not released: the answer was" in capsys.readouterr().out


def test_other_trees_can_be_compared(signed: dict[str, Any], capsys: Printed) -> None:
    for name in ("legacy", "refactored"):
        shutil.copytree(name, f"deployed/{name}")
    Path("deployed/refactored/worker.py").write_text("pass\n")
    assert main([*VERIFY, "--legacy", "deployed/legacy"]) == 0
    capsys.readouterr()
    assert main([*VERIFY, "--refactored", "deployed/refactored"]) == 1
    assert "refactored/worker.py is another" in capsys.readouterr().out
    assert main([*VERIFY, "--legacy", "none"]) == 2
    assert "none: there is no such folder" in capsys.readouterr().err


def test_it_is_verified_from_anywhere(
    signed: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "else/where").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "else/where")
    assert main(["signoff", "--verify", "../../reports/manifest.json"]) == 0
    (tmp_path / "legacy/worker.py").unlink()
    assert main(["signoff", "--verify", "../../reports/manifest.json"]) == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text.replace('"yes"', '"no"'), "it was edited after it was written"),
        (lambda text: text.replace("signoff:1", "signoff:2"), "it is of another version"),
        (lambda text: text[:-9], "this is not valid JSON"),
        (lambda _: "{}", "this is no manifest"),
    ],
)
def test_a_manifest_that_is_none_is_one_line(
    signed: dict[str, Any], capsys: Printed, change: Any, message: str
) -> None:
    path = Path("reports/manifest.json")
    path.write_text(change(path.read_text()))
    assert main([*VERIFY, "--json", "v.json"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"drs-refactor: reports/manifest.json: {message}")
    assert captured.err.count("\n") == 1
    assert json.loads(Path("v.json").read_text())["verdict"] == "refused"
