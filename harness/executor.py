"""Spawned, long-lived workers: each imports moto once and runs many worlds, one at a time."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from typing import TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")

COLLECT_EVERY = 200_000
"""Allocations between two looks for garbage: at Python's 700 they take a third of the time, most of
it in moto's and botocore's models, which stay for good."""

HASH_SEED = "0"
"""PYTHONHASHSEED of the workers, so that sets iterate alike on both sides and every day."""


def _collect_seldom() -> None:
    gc.set_threshold(COLLECT_EVERY)


def in_workers(
    work: Callable[[Task], Result],
    tasks: Sequence[Task],
    on_result: Callable[[Result], None],
    workers: int | None = None,
) -> list[Result]:
    """Do all tasks and give their results in the tasks' order. Raises what a task raised."""
    count = max(1, min(workers or os.cpu_count() or 1, len(tasks)))
    before = os.environ.get("PYTHONHASHSEED")
    os.environ["PYTHONHASHSEED"] = HASH_SEED
    pool = ProcessPoolExecutor(count, get_context("spawn"), _collect_seldom)
    try:
        futures: list[Future[Result]] = [pool.submit(work, task) for task in tasks]
        for future in as_completed(futures):
            on_result(future.result())
        return [future.result() for future in futures]
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        if before is None:
            del os.environ["PYTHONHASHSEED"]
        else:
            os.environ["PYTHONHASHSEED"] = before
