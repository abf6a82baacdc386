"""Where pytest-benchmark keeps its runs: FOLDER/Linux-CPython-3.11-64bit/0001_name.json."""

from __future__ import annotations

import re
from pathlib import Path

from pytest_benchmark.utils import get_machine_id

_NUMBER = re.compile(r"(\d{4})_.+\.json")


def next_run(folder: Path, name: str = "tree-code") -> Path:
    """The file of the next run, as pytest-benchmark would number it. Nothing is written."""
    place = folder / str(get_machine_id())  # type: ignore[no-untyped-call]
    found = [_NUMBER.fullmatch(path.name) for path in place.glob("*.json")]
    last = max((int(match[1]) for match in found if match), default=0)
    return place / f"{last + 1:04}_{name}.json"
