"""How many instructions tree code takes: counted by valgrind's callgrind, where it is installed.

A count repeats to a hair where seconds vary by a third, and it says nothing of memory or waiting.
"""

from __future__ import annotations

import os
import pickle
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from drs_refactor.errors import InputError
from harness.compute.results import Counting, Instructions, Tape
from harness.compute.tape import record
from harness.executor import HASH_SEED
from harness.scenario import Scenario
from harness.sides import Sides
from harness.tree import Tree

PLAYS = 3
"""Plays in the first section; the second has twice as many."""

SECTION = "PyRun_SimpleStringFlags"
"""The function of Python's C interface that harness.compute.counted enters for each section:
instructions are counted while it runs and written down when it ends. Nothing else calls it.
"""

_ROOT = Path(__file__).parents[2]


def count(sides: Sides, scenario: Scenario) -> Instructions | None:
    """Instructions of one play of either side; None without valgrind. Takes about a minute."""
    valgrind = shutil.which("valgrind")
    if valgrind is None:
        return None
    counts = [
        marginal(valgrind, tree, record(tree, scenario))
        for tree in (sides.legacy, sides.refactored)
    ]
    return Instructions(*counts)


def marginal(valgrind: str, tree: Tree, tape: Tape, plays: int = PLAYS) -> int:
    """Instructions of one play more: what twice as many plays take beyond so many, by each.
    Raises InputError where valgrind or the plays fail.
    """
    # Without what was read and compiled here, which cannot be pickled.
    functions = {key: replace(function) for key, function in tree.functions.items()}
    with TemporaryDirectory(prefix="callgrind-") as folder:
        task, out = Path(folder) / "task", Path(folder) / "out"
        task.write_bytes(pickle.dumps(Counting(functions, tape, plays)))
        ended = subprocess.run(
            [
                valgrind,
                "--tool=callgrind",
                f"--callgrind-out-file={out}",
                f"--toggle-collect={SECTION}",
                f"--dump-after={SECTION}",
                sys.executable,
                "-m",
                "harness.compute.counted",
                str(task),
            ],
            env={**os.environ, "PYTHONHASHSEED": HASH_SEED, "PYTHONPATH": str(_ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        parts = [out.with_name(f"out.{number}") for number in (1, 2)]
        if ended.returncode or not all(part.is_file() for part in parts):
            said = (ended.stderr.strip().splitlines() or ["nothing"])[-1]
            raise InputError(
                f"valgrind counted nothing of {tape.side}: {said}",
                mend="Leave out counting instructions",
            )
        first, second = (_total(part.read_text(encoding="utf-8")) for part in parts)
    return (second - first) // plays


def _total(text: str) -> int:
    """Instructions in a part of callgrind's output."""
    found = re.search(r"^summary: (\d+)", text, re.MULTILINE)
    return int(found[1]) if found else 0
