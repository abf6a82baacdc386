"""The plays that are counted, here without valgrind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from harness.compute import counted
from harness.compute.counted import WARM_UP, Solo
from harness.compute.results import Counting, Tape
from harness.sides import Sides
from harness.tree import Tree


def counting(tree: Tree, tape: Tape, plays: int = 2) -> Counting:
    return Counting({key: replace(one) for key, one in tree.functions.items()}, tape, plays)


@pytest.fixture
def sections(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What Python is asked to run in a section, beside running it."""
    asked: list[bytes] = []

    class Interface:
        @staticmethod
        def PyRun_SimpleString(text: bytes) -> int:
            asked.append(text)
            exec(text, vars(counted))
            return 0

    monkeypatch.setattr(counted.ctypes, "pythonapi", Interface)
    return asked


@pytest.mark.parametrize("side", ["legacy", "refactored"])
def test_two_sections_after_the_warm_up(
    sides: Sides,
    tapes: dict[str, Tape],
    sections: list[bytes],
    side: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    solo = Solo(counting(getattr(sides, side), tapes[side]))
    monkeypatch.setattr(counted, "SOLO", [solo])
    plays: list[int] = []
    play = solo._play

    def heard(*learns: bool) -> None:
        plays.append(len(sections))
        play(*learns)

    monkeypatch.setattr(solo, "_play", heard)
    solo.run()
    assert [plays.count(section) for section in (0, 1, 2)] == [2 + WARM_UP, 2, 4]


def test_code_that_asks_for_something_else_fails(
    sides: Sides, tapes: dict[str, Tape], edited: Callable[..., Tree], sections: list[Any]
) -> None:
    other = edited(sides.legacy, "orchestration", ".describe_job_log_items(", ".describe_jobs(")
    with pytest.raises(AssertionError, match=r"asked for drs\.DescribeJobs"):
        Solo(counting(other, tapes["legacy"])).run()
