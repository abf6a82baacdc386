from __future__ import annotations

import os

import pytest

from harness.executor import in_workers


def square(number: int) -> tuple[int, int]:
    return number * number, hash("the same in every worker")


def fail(number: int) -> int:
    if number == 2:
        raise LookupError("no such number")
    return number


def test_results_come_in_the_order_of_the_tasks_and_as_they_are_done() -> None:
    told: list[tuple[int, int]] = []
    results = in_workers(square, [3, 1, 2], told.append, workers=2)
    assert [result[0] for result in results] == [9, 1, 4]
    assert sorted(told) == sorted(results)
    assert len({result[1] for result in results}) == 1


def test_the_hash_seed_of_this_process_stays() -> None:
    before = os.environ.get("PYTHONHASHSEED")
    in_workers(square, [1], lambda _: None)
    assert os.environ.get("PYTHONHASHSEED") == before


def test_what_a_task_raises_is_raised() -> None:
    with pytest.raises(LookupError, match="no such number"):
        in_workers(fail, [1, 2, 3], lambda _: None, workers=1)
