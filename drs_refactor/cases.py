"""Cases: files from which `replay` runs a scenario again, on the trees that it diverged on."""

from __future__ import annotations

import json
from pathlib import Path
from shlex import quote
from typing import Any

from drs_refactor.documents import relative_to, write
from harness.results import Trees
from harness.scenario import Scenario

CASES = Path("reports/cases")
"""Where cases are written, unless a report goes elsewhere: beside it then."""


def write_case(
    trees: Trees, scenario: Scenario, name: str, folder: Path = CASES, **more: Any
) -> str:
    """Write what `replay` needs, and give the command."""
    path = folder / f"{name}.json"
    case = {
        "scenario": scenario.as_case(),
        "config": relative_to(path.parent, trees.config),
        "legacy": relative_to(path.parent, trees.legacy),
        "refactored": relative_to(path.parent, trees.refactored),
        **more,
    }
    write(path, json.dumps(case, indent=2, ensure_ascii=False) + "\n")
    return f"drs-refactor replay {quote(path.as_posix())}"
