from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from codemods import tree_files
from codemods.tree_files import wanted_files
from drs_refactor.__main__ import main
from tests.codemods.small_tree import PATHS
from tests.codemods.support import Tree


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    monkeypatch.chdir(tmp_path)
    return Tree(tmp_path)


def test_the_tree_is_written_and_reported(tree: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate", "--json", "plan.json"]) == 0
    out = capsys.readouterr().out
    assert "moved verbatim  check → poll" in out
    assert "copied verbatim  find" in out
    assert "no call of the moved services is left" in out
    document = json.loads(Path("plan.json").read_text())
    assert document["verdict"] == "identical"
    assert (document["source"], document["output"]) == ("legacy", "refactored")
    assert document["drs_calls_left"] == []
    assert {m["function"] for m in document["moved"] if m["verbatim"]} == {
        "start_batch",
        "prepare",
        "check",
        "find",
    }
    assert {"name", "destination", "outcome", "detail"} == set(document["resolutions"][0])


def test_twice_is_once(tree: Tree) -> None:
    main(["migrate"])
    first = wanted_files(tree.output, {})
    assert main(["migrate"]) == 0
    assert wanted_files(tree.output, {}) == first
    assert main(["migrate", "--check"]) == 0


def test_check_names_the_first_difference(tree: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    main(["migrate"])
    path = tree.output / PATHS["worker"]
    path.write_text(path.read_text().replace("import os", "import  os"))
    before = wanted_files(tree.output, {})
    capsys.readouterr()
    assert main(["migrate", "--check", "--json", "plan.json"]) == 1
    line = "refactored differs from a fresh run: fn/worker/index.py:4: is 'import  os'"
    assert capsys.readouterr().out.startswith(line)
    document = json.loads(Path("plan.json").read_text())
    assert document["verdict"] == "divergent"
    assert document["difference"].startswith("fn/worker/index.py:4:")
    assert wanted_files(tree.output, {}) == before


def test_diff_writes_nothing(tree: Tree, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate", "--diff"]) == 0
    out = capsys.readouterr().out
    assert "--- a/fn/planner/index.py\n+++ b/fn/planner/index.py\n" in out
    assert not tree.output.exists()


def test_other_places(tree: Tree, tmp_path: Path) -> None:
    tree.root.rename(tmp_path / "src")
    assert main(["migrate", "--source", "src", "--output", "out/new"]) == 0
    assert (tmp_path / "out/new/fn/worker/index.py").exists()


def refused(tree: Tree, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    before = wanted_files(tree.output, {}) if tree.output.exists() else None
    capsys.readouterr()
    assert main(["migrate", "--json", "plan.json", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert (wanted_files(tree.output, {}) if tree.output.exists() else None) == before
    document = json.loads(Path("plan.json").read_text())
    assert document["verdict"] == "refused"
    assert document["where"] in captured.err
    return captured.err


@pytest.mark.parametrize("written", [False, True])
@pytest.mark.parametrize("mode", [[], ["--check"], ["--diff"]])
def test_refusals_name_a_place_that_can_be_opened(
    tree: Tree, capsys: pytest.CaptureFixture[str], mode: list[str], written: bool
) -> None:
    if written:
        main(["migrate"])
    tree.change("worker", "def work(event):", "def work(event:")
    assert refused(tree, capsys, "--source", "legacy", *mode).startswith(
        "drs-refactor: legacy/fn/worker/index.py:16: syntax error"
    )


def test_an_output_that_cannot_be_written(
    tree: Tree, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    main(["migrate"])

    def read_only(**_: object) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(tree_files.tempfile, "mkdtemp", read_only)
    assert "refactored: cannot be written: Permission denied. Make" in refused(tree, capsys)


def test_a_document_that_cannot_be_written_leaves_the_output(
    tree: Tree, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("file").write_text("in the way")
    assert main(["migrate", "--json", "file/plan.json"]) == 2
    assert not tree.output.exists()
    assert main(["migrate", "--json", "refactored/plan.json"]) == 2
    assert not tree.output.exists()
    assert "would be part of the output" in capsys.readouterr().err


def test_names_of_migration_toml_that_are_wrong(
    tree: Tree, capsys: pytest.CaptureFixture[str]
) -> None:
    tree.configure('to = "worker"', 'to = "walker"')
    line = tree.config.read_text()[: tree.config.read_text().index("walker")].count("\n") + 1
    assert refused(tree, capsys) == (
        f"drs-refactor: migration.toml:{line}: 'walker' is not among [functions]. "
        "Known: planner, worker, reader\n"
    )


def test_the_plan_stands_before_the_diff_and_in_sarif(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tree.config.parent)
    assert main(["migrate", "--diff", "--sarif", "plan.sarif"]) == 0
    plan, _, patch = capsys.readouterr().out.partition("\n--- ")
    assert "  moved verbatim  start_batch (7 lines) to fn/worker/index.py" in plan
    assert "+++ b/fn/planner/index.py" in patch
    assert json.loads(Path("plan.sarif").read_text())["version"] == "2.1.0"
    assert not tree.output.exists()
    assert main(["migrate", "--sarif", "refactored/plan.sarif"]) == 2


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="this Python reads the newer syntax")
def test_newer_syntax_is_moved_and_the_missing_half_is_told(
    tree: Tree, capsys: pytest.CaptureFixture[str]
) -> None:
    tree.change("planner", '    state["queue"] = QUEUE', '    state["queue"] = f"{QUEUE!s:{"x"}}"')
    assert main(["migrate", "--config", str(tree.config)]) == 0
    assert "its syntax is newer than this Python" in capsys.readouterr().out


def test_a_fallback_that_only_the_destination_has_is_told(
    tree: Tree, capsys: pytest.CaptureFixture[str]
) -> None:
    tree.change("planner", "import json\n", "import json\nfrom tools import stamp\n")
    tree.change("planner", '    state["queue"] = QUEUE', '    state["queue"] = stamp(QUEUE)')
    fallback = "try:\n    from tools import stamp\nexcept ImportError:\n    stamp = str\n"
    tree.change("worker", "import json\n", f"import json\n{fallback}")
    assert main(["migrate", "--config", str(tree.config), "--json", "plan.json"]) == 0
    assert "  look at stamp has a fallback in fn/worker/index.py:" in capsys.readouterr().out
    assert json.loads(Path("plan.json").read_text())["not_the_same"] == []
