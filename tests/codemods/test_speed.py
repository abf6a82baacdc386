"""What the plan of a big tree costs beside LibCST's own reading and writing of its files."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from pathlib import Path

import libcst as cst
import pytest

from codemods.plan import make_plan
from codemods.scene import read_scene
from codemods.syntax import source
from drs_refactor.migration import load
from tests.codemods.big_tree import enlarge

LINES = 12_000
TARGET = 1.5
# What fails the test: two measurements on a busy machine differ by half.
CEILING = 2
MIGRATION = load(Path(__file__).parents[2] / "migration.toml")


def seconds(work: Callable[[], object]) -> float:
    gc.collect()
    begin = time.process_time()
    work()
    return time.process_time() - begin


@pytest.mark.slow
def test_the_ratio_of_a_plan_to_parsing_and_writing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = enlarge(MIGRATION, tmp_path / "tree", LINES)
    contents = [path.read_bytes() for path in paths]
    lines = sum(content.count(b"\n") for content in contents)
    assert LINES <= lines < LINES * 1.1
    # Other tests share parsed files: this one is about the parsing.
    monkeypatch.setattr(source, "parse", getattr(source.parse, "__wrapped__", source.parse))

    def plan() -> None:
        assert make_plan(read_scene(tmp_path / "tree", MIGRATION)).texts

    def parse_and_write() -> None:
        for content in contents:
            assert cst.parse_module(content).code

    # In turns, and the best of each: another load on the machine hits both.
    plans, plain = [], []
    for _ in range(2):
        plain.append(seconds(parse_and_write))
        plans.append(seconds(plan))
    ratio = min(plans) / min(plain)
    with capsys.disabled():
        print(
            f"\n{lines} lines: plan {min(plans):.2f} s, LibCST {min(plain):.2f} s, "
            f"ratio {ratio:.2f} (target {TARGET})"
        )
    assert ratio <= CEILING
