from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from drs_refactor.errors import InputError
from drs_refactor.signoff import digests
from drs_refactor.signoff.evidence import Evidence
from drs_refactor.signoff.held import Held, held
from drs_refactor.signoff.manifest import read
from tests.drs_refactor.signoff.support import turned, written


@pytest.fixture
def reports(evidence: Evidence, tmp_path: Path) -> Path:
    """The folder of a signed release."""
    written(evidence, tmp_path / "reports")
    return tmp_path / "reports"


def asked(reports: Path, **other: Path) -> Held:
    return held(read(reports / "manifest.json"), reports, **other)


def test_nothing_differs_right_after_it_was_signed(reports: Path) -> None:
    found = asked(reports)
    assert not found.differs
    assert found.lines == ("these are the trees that were signed: 4 files",)
    assert found.as_json() == {
        "verdict": "identical",
        "released": "yes",
        "changes": [],
        "reports": [],
        "remarks": [],
    }


def _append(path: str) -> Callable[[Path], None]:
    return lambda folder: (folder / path).write_text("# more\n" + (folder / path).read_text())


@pytest.mark.parametrize("side", ["legacy", "refactored"])
@pytest.mark.parametrize(
    ("what", "change"),
    [
        ("worker.py is another", lambda tree: (tree / "worker.py").write_text("pass\n")),
        ("worker.py is missing", lambda tree: (tree / "worker.py").unlink()),
        ("deep/new.py is new", lambda tree: _new(tree / "deep/new.py")),
        ("empty.py is new", lambda tree: (tree / "empty.py").touch()),
        ("worker.py is another", lambda tree: _linked(tree / "worker.py")),
    ],
)
def test_a_file_of_a_tree_that_differs_is_told(
    reports: Path, tmp_path: Path, side: str, what: str, change: Callable[[Path], None]
) -> None:
    change(tmp_path / side)
    found = asked(reports)
    assert found.differs
    assert found.changes == (f"{side}/{what}",)
    assert found.lines == (
        f"{side}/{what}",
        "these are NOT the trees that were signed: 1 files differ",
    )
    assert found.as_json()["verdict"] == "divergent"


def _new(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("1\n")


def _linked(path: Path) -> None:
    """The same content, from what is no part of the tree."""
    path.with_name("__pycache__").mkdir()
    path.rename(path.with_name("__pycache__") / path.name)
    path.symlink_to(f"__pycache__/{path.name}")


def test_a_changed_configuration_is_told(reports: Path, tmp_path: Path) -> None:
    (tmp_path / "latency.toml").write_text("")
    _append("migration.toml")(tmp_path)
    found = asked(reports)
    assert found.changes == ("latency.toml is new", "migration.toml is another")
    assert found.differs


@pytest.mark.parametrize("name", ["signoff.html", "signoff.json", "rollback.md", "verify.md"])
def test_a_report_that_was_edited_or_is_missing_is_told(reports: Path, name: str) -> None:
    path = reports / name
    path.write_text(path.read_text().replace("e", "E", 1))
    found = asked(reports)
    assert found.edited == (f"the report {name} is not the one that was written",)
    assert found.differs
    assert found.lines[-1] == "the trees are those that were signed, but 1 reports are not"
    path.unlink()
    assert asked(reports).edited == (f"the report {name} is missing",)


def test_another_version_of_the_tool_is_a_remark(
    reports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digests, "of_tool", lambda: "8" * 64)
    found = asked(reports)
    assert not found.differs
    assert found.lines == (
        "this is another version of the tool than that which signed",
        "these are the trees that were signed: 4 files",
    )


@pytest.mark.parametrize(("verdict", "answer"), [("divergent", "no"), ("invalid", "not decided")])
def test_what_was_not_released_differs(
    evidence: Evidence, tmp_path: Path, verdict: str, answer: str
) -> None:
    written(turned(evidence, "verify", verdict), tmp_path / "reports")
    found = asked(tmp_path / "reports")
    assert (found.changes, found.edited, found.released) == ((), (), answer)
    assert found.differs
    assert found.lines[-1].endswith(f"and they were not released: the answer was {answer}")
    assert found.as_json()["verdict"] == "divergent"


def test_other_trees_can_be_named(reports: Path, tmp_path: Path) -> None:
    for name in ("legacy", "refactored"):
        shutil.copytree(tmp_path / name, tmp_path / f"deployed/{name}")
        (tmp_path / name / "worker.py").write_text("pass\n")
    there = {name: tmp_path / "deployed" / name for name in ("legacy", "refactored")}
    assert not asked(reports, **there).differs
    one = asked(reports, legacy=there["legacy"])
    assert one.changes == ("refactored/worker.py is another",)
    assert asked(reports, refactored=there["refactored"]).changes == (
        "legacy/worker.py is another",
    )


def test_a_configuration_can_be_named(reports: Path, tmp_path: Path) -> None:
    shutil.copytree(tmp_path, tmp_path / "copy")
    _append("migration.toml")(tmp_path / "copy")
    assert not asked(reports).differs
    found = asked(reports, config=tmp_path / "copy/migration.toml")
    assert found.changes == ("migration.toml is another",)


def test_it_holds_wherever_all_of_it_was_moved_to(
    reports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(tmp_path, tmp_path / "elsewhere")
    monkeypatch.chdir("/")
    assert not asked(tmp_path / "elsewhere/reports").differs
    (tmp_path / "elsewhere/legacy/worker.py").write_text("pass\n")
    assert asked(tmp_path / "elsewhere/reports").changes == ("legacy/worker.py is another",)


def test_trees_that_are_not_there_are_refused(reports: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such folder"):
        asked(reports, legacy=tmp_path / "none")
    shutil.rmtree(tmp_path / "refactored")
    with pytest.raises(InputError, match="there is no such folder"):
        asked(reports)


def test_all_that_differs_is_told_at_once(evidence: Evidence, tmp_path: Path) -> None:
    found = Held("no", True, ("a is new", "b is new"), ("the report c is missing",), ("r",), 2)
    assert found.lines == (
        "a is new",
        "b is new",
        "the report c is missing",
        "r",
        "these are NOT the trees that were signed: 2 files differ; and they were not released: "
        "the answer was no",
    )
    assert not replace(found, released="yes", changes=(), edited=()).differs
