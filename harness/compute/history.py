"""Pairs as pytest-benchmark writes its runs, so that `pytest-benchmark compare FILE` shows both
sides of each action beside each other; and read back, to be judged again.

Nothing in it says on which machine, or where on it, anything was measured.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest_benchmark
from pytest_benchmark.stats import Metadata
from pytest_benchmark.utils import get_commit_info

from drs_refactor.errors import InputError
from harness.compute.intervals import log_ratios
from harness.compute.results import Compute, Paired

SIDES = {
    "legacy": "legacy",
    "refactored": "refactored",
    "again": "legacy-again",
    "planted": "legacy-and-10-percent",
}
"""How the four players are called in the file, in the brackets of a benchmark's name."""

_TOLD_OF_COMMITS = ("id", "time", "author_time", "dirty", "branch")
_MEND = "Write one with: drs-refactor bench --history FILE"


def as_json(found: Compute) -> dict[str, Any]:
    """The document, as pytest-benchmark's own hook makes it."""
    benchmarks = [_benchmark(found, paired, player) for paired in found.paired for player in SIDES]
    return {
        "machine_info": {
            "machine": platform.machine(),
            "python_implementation": platform.python_implementation(),
            "python_implementation_version": platform.python_version(),
            "python_version": platform.python_version(),
            "system": platform.system(),
            "cpu": {"count": os.cpu_count()},
        },
        "commit_info": _commit(),
        "benchmarks": benchmarks,
        "datetime": datetime.now(UTC).isoformat(),
        "version": pytest_benchmark.__version__,
    }


def _commit() -> dict[str, Any]:
    info = get_commit_info("drs-refactor")  # type: ignore[no-untyped-call]
    return {key: info[key] for key in _TOLD_OF_COMMITS if key in info}


def _benchmark(found: Compute, paired: Paired, player: str) -> dict[str, Any]:
    side = SIDES[player]
    name = f"{paired.level}[{side}]"
    judged = next(one for one in found.levels if one.level == paired.level)
    told = {"verdict": judged.verdict, "sentence": judged.sentence}
    fixture = SimpleNamespace(
        name=name,
        fullname=f"compute::{found.scenario}::{name}",
        group=f"{found.scenario}: {paired.level}",
        param=side,
        params={"side": side, "level": paired.level, "scenario": found.scenario},
        extra_info={
            "invocations": paired.invocations,
            "floor": judged.floor,
            "seed": found.seed,
            **(told if player == "refactored" else {}),
        },
        cprofile_stats=None,
    )
    metadata: Any = Metadata(fixture, 1, {"disable_gc": True})  # type: ignore[no-untyped-call]
    for seconds in getattr(paired, player):
        metadata.update(seconds)
    written: dict[str, Any] = metadata.as_dict()
    return written


def pairs_of(path: Path) -> tuple[Paired, ...]:
    """The pairs of a file that was written from `as_json`, level by level. Raises InputError for
    a file that is none, lacks a side or a control, or has pairs that make no verdict.
    """
    levels: dict[str, dict[str, Any]] = {}
    for benchmark in _benchmarks(path):
        params = benchmark.get("params") or {}
        if {"side", "level"} <= params.keys():
            levels.setdefault(params["level"], {})[params["side"]] = benchmark
    if not levels:
        raise InputError("there are no pairs of both sides in it", path=path, mend=_MEND)
    return tuple(_paired(path, level, sides) for level, sides in levels.items())


def _benchmarks(path: Path) -> list[dict[str, Any]]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", path=path) from error
    except ValueError as error:
        raise InputError(f"this is not valid JSON: {error}", path=path, mend=_MEND) from error
    found = document.get("benchmarks") if isinstance(document, dict) else None
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise InputError("this is no run of pytest-benchmark", path=path, mend=_MEND)
    return found


def _paired(path: Path, level: str, sides: Mapping[str, dict[str, Any]]) -> Paired:
    for player, side in SIDES.items():
        if side not in sides:
            what = "side" if player in ("legacy", "refactored") else "control"
            raise InputError(f"{level} lacks the {what} {side!r}", path=path, mend=_MEND)
    try:
        seconds = {
            player: tuple(float(one) for one in sides[side]["stats"]["data"])
            for player, side in SIDES.items()
        }
        paired = Paired(level, int(sides["legacy"]["extra_info"]["invocations"]), **seconds)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"{level} lacks its seconds or its number of invocations", path=path, mend=_MEND
        ) from error
    try:
        for player in ("again", "refactored", "planted"):
            log_ratios(f"{level}[{SIDES[player]}]", paired.legacy, seconds[player])
    except InputError as error:
        raise InputError(error.what, path=path, mend=error.mend) from error
    return paired
