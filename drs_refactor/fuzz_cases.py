"""Files of a fuzz campaign: its cases as JSON lines, and what was shrunk."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from drs_refactor.cases import CASES, write_case
from drs_refactor.documents import write
from drs_refactor.errors import InputError
from harness import scenario_files
from harness.fuzzing.compact import as_file, compact
from harness.fuzzing.results import Campaign, Group
from harness.reports.fuzz import Saved
from harness.results import Trees
from harness.scenario import Scenario

FORMAT = "drs-refactor fuzz cases"


def write_cases(path: Path, seed: int, scenarios: Iterable[Scenario]) -> None:
    """Write a campaign's cases: a line that says what it is, then a case a line."""
    lines = [{"format": FORMAT, "seed": seed}]
    lines += [{"scenario": {"name": one.name, **compact(one)}} for one in scenarios]
    write(path, "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))


def read_cases(path: Path) -> tuple[int, list[Scenario]]:
    """A campaign's seed and cases. Raises InputError for what is no such file."""
    mend = "Name a file that fuzz --cases wrote, or one that is not there yet"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", path=path) from error
    found: list[Scenario] = []
    seed = None
    for number, line in enumerate(lines, 1):
        try:
            data = json.loads(line)
        except ValueError as error:
            raise InputError("this is not valid JSON", path=path, line=number, mend=mend) from error
        if number == 1:
            if not isinstance(data, dict) or data.get("format") != FORMAT:
                raise InputError("this is no file of cases", path=path, line=1, mend=mend)
            seed = data.get("seed")
        elif not isinstance(data, dict) or not isinstance(data.get("scenario"), dict):
            raise InputError("this is no case", path=path, line=number, mend=mend)
        else:
            found.append(_case(data["scenario"], path, number))
    if not isinstance(seed, int) or not found:
        raise InputError("there are no cases in it", path=path, mend=mend)
    return seed, found


def _case(data: dict[str, object], path: Path, line: int) -> Scenario:
    try:
        return scenario_files.from_case({"shows": "Drawn by fuzz.", **data}, path)
    except InputError as error:
        raise InputError(error.what, path=path, line=line, mend=error.mend) from error


def save(trees: Trees, found: Campaign, folder: Path = CASES) -> list[Saved]:
    """Write each group's case for `replay`, and beside it a scenario file to be committed."""
    return [_save(trees, found, folder, group, n) for n, group in enumerate(found.groups, 1)]


def _save(trees: Trees, found: Campaign, folder: Path, group: Group, number: int) -> Saved:
    kind, path = group.key
    scenario = replace(
        group.shrunk.result.scenario,
        name=f"fuzz-{number}",
        shows=f"Found by fuzz: the trees differ in {kind}, {path[:120]}.",
        source="",
    )
    file = folder / f"fuzz-{number}.yaml"
    write(file, as_file(scenario, f"Case {group.cases[0]} of seed {found.seed}, shrunk."))
    return Saved(write_case(trees, scenario, scenario.name, folder), file.as_posix())
