from __future__ import annotations

import json
import platform
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from drs_refactor.errors import InputError
from harness.compute.history import as_json, pairs_of
from harness.compute.pairs import judge
from harness.compute.results import Compute, Paired

Make = Callable[..., Paired]


@pytest.fixture
def found(paired: Make) -> Compute:
    levels = (paired(refactored=1.2, rounds=40), paired(level="Poll", refactored=0.8, rounds=40))
    judged = tuple(judge(one, 0.0) for one in levels)
    return Compute("drill", "over", judged, levels, (1, 2), (3, 4), (0.1, 0.2), 7, 1.0)


@pytest.fixture
def written(found: Compute, tmp_path: Path) -> Path:
    path = tmp_path / "history.json"
    path.write_text(json.dumps(as_json(found)))
    return path


def benchmark(*arguments: str, cwd: Path) -> str:
    """What pytest-benchmark's own command prints."""
    ended = subprocess.run(
        [sys.executable, "-m", "pytest_benchmark", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Traceback" not in ended.stderr
    return ended.stdout


def test_compare_shows_both_sides_of_an_action(written: Path) -> None:
    printed = benchmark("compare", str(written), "--columns=median,rounds", cwd=written.parent)
    for level in ("execution", "Poll"):
        table = printed.split(f"benchmark 'drill: {level}': 4 tests")[1].split("\n\n")[0]
        for side in ("legacy", "legacy-again", "refactored", "legacy-and-10-percent"):
            assert f"{level}[{side}]" in table
        assert [line.split()[-1] for line in table.splitlines()].count("40") == 4


def test_compare_groups_as_its_users_know_it(written: Path) -> None:
    folder = written.parent
    by_side = benchmark("compare", str(written), "--group-by=param:side", cwd=folder)
    assert "benchmark 'side=refactored': 2 tests" in by_side
    by_name = benchmark("compare", str(written), "--group-by=func", cwd=folder)
    assert "benchmark 'execution': 4 tests" in by_name


def test_histograms_find_what_they_draw(written: Path) -> None:
    # pygal, which draws them, is asked for these of each benchmark (pytest_benchmark.histogram).
    wanted = {"min", "ld15iqr", "q1", "median", "q3", "hd15iqr", "max", "rounds"}
    for one in json.loads(written.read_text())["benchmarks"]:
        assert wanted <= one["stats"].keys()
        assert one["stats"]["min"] <= one["stats"]["q1"] <= one["stats"]["median"]


def test_pairs_come_back_and_are_judged_alike(found: Compute, written: Path) -> None:
    assert pairs_of(written) == found.paired
    assert tuple(judge(one, 0.0) for one in pairs_of(written)) == found.levels


def test_verdicts_stand_in_it(found: Compute, written: Path) -> None:
    told = {one["name"]: one["extra_info"] for one in json.loads(written.read_text())["benchmarks"]}
    assert told["execution[refactored]"]["verdict"] == "over"
    assert told["execution[refactored]"]["sentence"] == found.levels[0].sentence
    assert told["Poll[legacy]"] == {"invocations": 10, "floor": 0.0, "seed": 7}


def test_it_does_not_say_where_it_was_made(written: Path, root: Path) -> None:
    text = written.read_text()
    places = [str(root), str(Path.home()), str(Path.cwd()), sys.prefix, str(written.parent)]
    for told in (*places, platform.node(), platform.release(), platform.python_compiler()):
        assert told not in text
    document = json.loads(text)
    for info in (document["machine_info"], document["commit_info"]):
        assert not [value for value in info.values() if isinstance(value, str) and "/" in value]


def test_nor_does_what_git_said(found: Compute, monkeypatch: pytest.MonkeyPatch) -> None:
    said = {"id": "unknown", "dirty": False, "project": "drs", "error": "no /home/me/tree"}
    monkeypatch.setattr("harness.compute.history.get_commit_info", lambda project: said)
    assert as_json(found)["commit_info"] == {"id": "unknown", "dirty": False}


def changed(path: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))
    return path


def without(document: dict[str, Any], side: str) -> None:
    kept = [one for one in document["benchmarks"] if one["param"] != side]
    document["benchmarks"] = kept


def first(document: dict[str, Any]) -> dict[str, Any]:
    return document["benchmarks"][0]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda d: without(d, "legacy-again"), "execution lacks the control 'legacy-again'. Write"),
        (
            lambda d: without(d, "legacy-and-10-percent"),
            "lacks the control 'legacy-and-10-percent'",
        ),
        (lambda d: without(d, "refactored"), "execution lacks the side 'refactored'. Write one"),
        (lambda d: d.update(benchmarks=[]), "there are no pairs of both sides in it. Write one"),
        (lambda d: d.update(benchmarks={}), "this is no run of pytest-benchmark. Write one with"),
        (lambda d: d.pop("benchmarks"), "this is no run of pytest-benchmark. Write one with"),
        (lambda d: first(d)["stats"].pop("data"), "execution lacks its seconds or its number of"),
        (lambda d: first(d).pop("extra_info"), "execution lacks its seconds or its number of"),
        (lambda d: first(d)["stats"].update(data="none"), "execution lacks its seconds or its"),
        (lambda d: first(d)["stats"]["data"].pop(), "39 and 40 seconds make no pairs. Give both"),
        (
            lambda d: [one["stats"]["data"].pop() for one in d["benchmarks"]],
            "39 pairs are too few for a verdict. Measure 40 at least",
        ),
        (
            lambda d: first(d)["stats"]["data"].__setitem__(3, -1.0),
            "pair 4 took -1 s: the clock went backwards",
        ),
    ],
)
def test_files_that_cannot_be_judged(
    written: Path, change: Callable[[dict[str, Any]], object], told: str
) -> None:
    changed(written, change)
    with pytest.raises(InputError) as error:
        pairs_of(written)
    assert str(error.value).startswith(f"{written}: ")
    assert told in str(error.value)
    assert "\n" not in str(error.value)


def test_files_that_are_none(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    with pytest.raises(InputError, match="cannot be read: No such file"):
        pairs_of(path)
    path.write_text("{")
    with pytest.raises(InputError, match="this is not valid JSON"):
        pairs_of(path)
    path.write_text("[]")
    with pytest.raises(InputError, match="this is no run of pytest-benchmark"):
        pairs_of(path)


def test_a_run_without_a_commit(found: Compute, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    assert as_json(replace(found))["commit_info"]["id"] in ("unversioned", "unknown")
