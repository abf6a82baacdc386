from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from harness.mutants.cache import Cache, digest
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
