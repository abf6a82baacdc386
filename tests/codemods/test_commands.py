"""The codemods through LibCST's own tool, and the hook through its own entry."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from libcst import parse_module
from libcst.codemod import CodemodContext, diff_code

from codemods.commands import MoveFunctions
from tests.codemods.small_tree import PATHS
from tests.codemods.support import Tree

ROOT = Path(__file__).parents[2]
TEST = "import planner.index as p\n\n\ndef test_it():\n    p.check({})\n"


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".libcst.codemod.yaml").write_text('modules: ["codemods"]\nformatter: ["cat"]\n')
    return Tree(tmp_path)


def tool(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "libcst.tool", "codemod", "-j1", "--hide-progress", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )


@pytest.mark.slow
def test_the_tool_shows_what_the_plan_gives_one_file(tree: Tree) -> None:
    path = tree.path("planner")
    before, wanted = path.read_bytes(), tree.new("planner")
    done = tool("commands.MoveFunctions", "-u", "3", "--config", "migration.toml", str(path))
    assert done.returncode == 0, done.stderr
    assert path.read_bytes() == before
    assert (
        done.stdout.rstrip() == diff_code(before.decode(), wanted, 3, filename=str(path)).rstrip()
    )


@pytest.mark.slow
def test_the_tool_writes_the_file_as_the_plan_has_it(tree: Tree) -> None:
    tree.write("worker", tree.text("worker").replace("\n", "\r\n"))
    wanted = tree.new("worker")
    done = tool("commands.MoveFunctions", str(tree.path("worker")))
    assert done.returncode == 0, done.stderr
    assert tree.path("worker").read_bytes().decode() == wanted
    assert "\r\n" in wanted


@pytest.mark.slow
def test_the_tool_tells_of_files_that_have_no_part_and_of_refusals(tree: Tree) -> None:
    done = tool("commands.MoveFunctions", "-u", "3", str(tree.root / "fn/shared/common.py"))
    assert "nothing moves into or out of this file" in done.stderr
    tree.change("worker", "def work(event):", "def work(event:")
    done = tool("commands.MoveFunctions", "-u", "3", str(tree.path("planner")))
    assert done.returncode == 1
    assert "index.py:16: syntax error" in done.stderr


@pytest.mark.slow
def test_the_tool_takes_tests_too(tree: Tree) -> None:
    folder = Path("unit")
    folder.mkdir()
    (folder / "test_it.py").write_text(TEST)
    (folder / "test_more.py").write_text("import index\n\ndef test_it():\n    index.check()\n")
    done = tool("commands.FollowMoves", "unit/test_it.py", "unit/test_more.py")
    assert done.returncode == 0, done.stderr
    assert (folder / "test_it.py").read_text() == TEST.replace("planner", "reader").replace(
        "check", "poll"
    )
    assert "look at unit/test_more.py:4 test_it: check: index may be" in done.stderr


def test_a_command_does_the_whole_move_for_a_file(tree: Tree) -> None:
    for key in ("planner", "worker", "reader"):
        file = tree.path(key)
        command = MoveFunctions(CodemodContext(filename=str(file)), "migration.toml")
        module = tree.migrate().plan.texts[PATHS[key]]
        assert command.transform_module(parse_module(file.read_bytes())).code == module


def test_the_hook_has_what_pre_commit_asks_for_and_its_entry_runs(tree: Tree) -> None:
    [hook] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert {"id", "name", "entry", "language"} <= hook.keys()
    assert hook["language"] == "python"
    assert hook["pass_filenames"] is False
    assert set(hook["types_or"]) == {"json", "python", "toml", "yaml"}
    command, *arguments = shlex.split(hook["entry"])
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    module = scripts[command].partition(":")[0].removesuffix(".__main__")
    tree.written()
    run = [sys.executable, "-m", module, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    assert subprocess.run(run, env=environment, stdout=subprocess.PIPE).returncode == 0
    (tree.output / PATHS["reader"]).write_text("")
    assert subprocess.run(run, env=environment, stdout=subprocess.PIPE).returncode == 1
