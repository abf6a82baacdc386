from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from harness.mutants import cache
from harness.mutants.cache import KEPT, UNUSED, Cache, digest
from harness.mutants.model import Edit, Killed, Mutant, Tried
from harness.mutants.reach import Case
from harness.mutants.trial import Task
from harness.results import Trees
from harness.scenario_files import shipped

MUTANT = Mutant("move", "x", "x.py", "f", (1,), (1, 2), "a", "b", (Edit("x.py", 0, 1, "b"),))
TASK = Task(Trees(Path("c"), Path("l"), Path("r")), MUTANT, "scenarios", (Case("one"),))
FOUND = Tried(MUTANT, Killed("scenarios", "one", ("calls",), "calls[1]"), 1, 7, 0.5, ("scenarios",))


def test_what_was_found_is_found_again(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "cache.jsonl"
    cache = Cache(path, "base")
    assert cache.get(TASK) is None
    cache.put(TASK, FOUND)
    cache.write()
    again = Cache(path, "base")
    assert again.get(TASK) == FOUND
    assert again.hits == 1


def test_by_content_alone(tmp_path: Path) -> None:
    path = tmp_path / "cache.jsonl"
    cache = Cache(path, "base")
    cache.put(TASK, FOUND)
    cache.write()
    assert Cache(path, "another tree").get(TASK) is None
    again = Cache(path, "base")
    other = replace(MUTANT, edits=(Edit("x.py", 0, 1, "c"),))
    assert again.get(replace(TASK, mutant=other)) is None
    assert again.get(replace(TASK, stage="faults")) is None
    assert again.get(replace(TASK, cases=(Case("two"),))) is None
    assert again.get(replace(TASK, without=frozenset({"logs"}))) is None
    # Where it stands in the list of mutants is no content.
    assert again.get(replace(TASK, mutant=replace(MUTANT, lines=(4,)))) is not None


def test_the_last_few_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "cache.jsonl"
    bases = [f"base {number}" for number in range(KEPT + 1)]
    for base in (*bases, bases[1]):
        cache = Cache(path, base)
        cache.put(TASK, FOUND)
        cache.write()
    assert [Cache(path, base).get(TASK) is not None for base in bases] == [False, *[True] * KEPT]
    assert len(path.read_text().splitlines()) == KEPT


def test_nothing_is_kept_without_a_file(tmp_path: Path) -> None:
    cache = Cache(None, "base")
    cache.put(TASK, FOUND)
    cache.write()
    assert list(tmp_path.iterdir()) == []


def test_the_digest_is_that_of_all_that_results_depend_on(trees: Trees, tmp_path: Path) -> None:
    scenarios = shipped()[:2]
    before = digest(trees, scenarios)
    assert digest(trees, scenarios) == before
    assert digest(trees, scenarios[:1]) != before
    copy = tmp_path / "refactored"
    shutil.copytree(trees.refactored, copy)
    assert digest(replace(trees, refactored=copy), scenarios) == before
    (copy / "cfn" / "lambda.yaml").write_text("x: 1\n")
    assert digest(replace(trees, refactored=copy), scenarios) != before


def test_rooms_that_do_not_count_are_never_imported() -> None:
    code = (
        "import sys, harness.mutants.campaign, harness.mutants.trial, harness.mutants.reach\n"
        "from harness.mutants.stages import import_all; import_all()\n"
        "print(*sorted(name for name in sys.modules if name.startswith('harness.')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    rooms = {name.split(".")[1] for name in done.stdout.split()}
    assert {"mutants", "faults"} <= rooms
    assert not rooms & {*UNUSED}


def test_other_rooms_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A change of what is used makes results another version's; one of what is not does not."""
    for place in ("legacy/a.py", "refactored/a.py", "harness/run.py", "harness/reports/text.py"):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_text("x = 1\n")
    (tmp_path / "migration.toml").write_text("")
    monkeypatch.setattr(cache, "_HARNESS", tmp_path / "harness")
    trees = Trees(tmp_path / "migration.toml", tmp_path / "legacy", tmp_path / "refactored")
    before = digest(trees, ())
    (tmp_path / "harness/reports/text.py").write_text("x = 2\n")
    assert digest(trees, ()) == before
    (tmp_path / "harness/run.py").write_text("x = 2\n")
    assert digest(trees, ()) != before
