"""`migrate --tests`: where rewritten tests go, and that they go with the tree or not at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from codemods import tree_files
from drs_refactor.__main__ import main
from tests.codemods.support import Tree

OLD = "import planner.index as p\n\n\ndef test_it():\n    p.check({})\n"
NEW = "import reader.index as p\n\n\ndef test_it():\n    p.poll({})\n"
OPEN = "import index\n\n\ndef test_that():\n    index.check({})\n"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    monkeypatch.chdir(tmp_path)
    for folder in ("unit", "more"):
        Path(folder).mkdir()
        Path(folder, "test_it.py").write_text(OLD)
    Path("unit/test_that.py").write_text(OPEN)
    return Tree(tmp_path)


def texts() -> list[str]:
    return [Path(folder, "test_it.py").read_text() for folder in ("unit", "more")]


def test_they_are_rewritten_where_they_stand(
    tree: Tree, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("unit/test_it.py").chmod(0o755)
    arguments = ["migrate", "--tests", "unit", "--tests", "more"]
    assert main([*arguments, "--json", "plan.json"]) == 0
    assert texts() == [NEW, NEW]
    assert Path("unit/test_that.py").read_text() == OPEN
    assert Path("unit/test_it.py").stat().st_mode & 0o777 == 0o755
    out = capsys.readouterr().out
    assert "  rewritten more/test_it.py\n  rewritten unit/test_it.py\n" in out
    assert "  look at unit/test_that.py:5 test_that: check: index may be" in out
    assert "unit/test_that.py:5" in json.loads(Path("plan.json").read_text())["mentions"][-1]
    assert main(arguments) == 0
    assert "rewritten" not in capsys.readouterr().out
    assert sorted(p.name for p in Path("unit").iterdir()) == ["test_it.py", "test_that.py"]


def test_a_diff_shows_them_and_writes_nothing(
    tree: Tree, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["migrate", "--tests", "unit", "--diff"]) == 0
    captured = capsys.readouterr()
    assert "--- a/unit/test_it.py\n+++ b/unit/test_it.py\n" in captured.out
    assert "look at unit/test_that.py:5" in captured.err
    assert texts() == [OLD, OLD]


def test_check_names_the_first_that_is_not_rewritten(
    tree: Tree, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["migrate"])
    assert main(["migrate", "--tests", "unit", "--check"]) == 1
    assert "unit/test_it.py:1: a fresh run rewrites this test" in capsys.readouterr().out
    assert main(["migrate", "--tests", "unit"]) == 0
    assert main(["migrate", "--tests", "unit", "--check"]) == 0


def test_tests_of_the_source_are_written_with_the_output(tree: Tree) -> None:
    folder = tree.root / "tests"
    folder.mkdir()
    (folder / "test_it.py").write_text(OLD)
    arguments = ["migrate", "--tests", "legacy/tests"]
    assert main(arguments) == 0
    assert (folder / "test_it.py").read_text() == OLD
    assert (tree.output / "tests/test_it.py").read_text() == NEW
    assert main([*arguments, "--check"]) == 0
    assert main(["migrate", "--check"]) == 1


def test_tests_of_the_output_are_refused(tree: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    main(["migrate"])
    assert main(["migrate", "--tests", "refactored/fn"]) == 2
    assert "refactored/fn: these tests are part of the output" in capsys.readouterr().err
    assert main(["migrate", "--tests", "nowhere"]) == 2
    assert "nowhere: there is no such folder" in capsys.readouterr().err


def test_all_or_nothing(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(tree_files, "_write", full)
        assert main(["migrate", "--tests", "unit", "--tests", "more"]) == 2
    assert texts() == [OLD, OLD]
    assert not tree.output.exists()
    assert sorted(p.name for p in Path("unit").iterdir()) == ["test_it.py", "test_that.py"]


def test_the_tree_is_left_if_a_test_cannot_be_written(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def replace(old: object, new: Path) -> None:
        if new.parent.name == "unit":
            raise PermissionError(13, "Permission denied")
        Path(str(old)).rename(new)

    with monkeypatch.context() as patch:
        patch.setattr("codemods.suites.file_sets.os.replace", replace)
        assert main(["migrate", "--tests", "more", "--tests", "unit"]) == 2
    assert "unit/test_it.py: cannot be written: Permission denied" in capsys.readouterr().err
    assert texts() == [OLD, OLD]
    assert not tree.output.exists()
