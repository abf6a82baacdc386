"""Scenario files: YAML with `defaults` and `scenarios`, each scenario merged over the defaults.

defaults:
  tables: {PROTECTION_GROUPS_TABLE: [{groupId: pg-1}]}
scenarios:
  drill: {shows: A drill, start: {input: {isDrill: true}}}
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

from drs_refactor.errors import InputError
from drs_refactor.model import Migration
from drs_refactor.yaml_errors import told_as_input
from harness.checked import Mistake, checked
from harness.scenario import Scenario

SHIPPED = Path(__file__).parent / "scenarios"


def shipped() -> list[Scenario]:
    """The scenarios that come with the harness, by file and place in it."""
    return [s for path in sorted(SHIPPED.glob("*.yaml")) for s in read(path)]


def of(migration: Migration) -> list[Scenario]:
    """The scenarios of a migration: its own files', and the shipped ones unless it leaves them out.

    Raises InputError for files that are not there or not understood, and for a name given twice.
    """
    wanted = migration.scenarios
    found = shipped() if wanted.shipped else []
    folder = migration.path.parent
    for glob in wanted.files:
        paths = sorted(folder.glob(glob))
        if not paths:
            raise InputError(
                f"no file matches {glob!r} of [scenarios] files",
                path=migration.path,
                line=wanted.line,
                mend="Write it relative to this file",
            )
        found += [scenario for path in paths for scenario in read(path)]
    known: dict[str, Scenario] = {}
    for scenario in found:
        other = known.setdefault(scenario.name, scenario)
        if other is not scenario:
            raise InputError(
                f"{scenario.source}: there is another scenario {scenario.name!r} at {other.source}",
                mend="Rename one of the two, or set shipped = false in [scenarios]",
            )
    return found


def select(scenarios: Iterable[Scenario], globs: Iterable[str]) -> list[Scenario]:
    """Those whose name matches one of the globs; all, without globs. None at all is an error."""
    patterns = list(globs)
    everything = list(scenarios)
    chosen = [
        scenario
        for scenario in everything
        if not patterns or any(fnmatchcase(scenario.name, pattern) for pattern in patterns)
    ]
    if not chosen:
        raise InputError(
            f"no scenario matches {' or '.join(patterns)}" if patterns else "there is no scenario",
            mend="See the names with: drs-refactor verify --list",
        )
    return chosen


def read(path: Path) -> list[Scenario]:
    """The scenarios of one file. Raises InputError with the line for what is not understood."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", path=path) from error
    with told_as_input(text, path):
        node = yaml.compose(text, yaml.CSafeLoader)
        document = yaml.load(text, yaml.CSafeLoader)
    lines = Lines(node)
    if not isinstance(document, dict) or not isinstance(document.get("scenarios"), dict):
        raise InputError("there are no scenarios in it", path=path, mend="Add scenarios: {name: …}")
    for key in document:
        if key not in ("defaults", "scenarios"):
            raise InputError(
                f"unknown key {key!r}",
                path=path,
                line=lines.at((key,)),
                mend="Known keys: defaults, scenarios",
            )
    defaults = document.get("defaults") or {}
    if not isinstance(defaults, dict):
        raise InputError("`defaults` must be a mapping", path=path, line=lines.at(("defaults",)))
    lines.check_twice(path)
    found = []
    for name, given in document["scenarios"].items():
        line = lines.at(("scenarios", name))
        if not isinstance(given, dict):
            raise InputError(f"{name}: a scenario must be a mapping", path=path, line=line)
        try:
            scenario = checked({**merged(defaults, given), "name": name})
        except Mistake as mistake:
            raise InputError(
                f"{name}: {mistake.what}",
                path=path,
                line=lines.of(str(name), mistake.place) or line,
                mend=mistake.mend,
            ) from mistake
        found.append(replace(scenario, source=f"{path}:{line}"))
    return found


def read_case(path: Path) -> dict[str, Any]:
    """A replay file as it was written."""
    try:
        case = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", path=path) from error
    except ValueError as error:
        raise InputError(f"this is not valid JSON: {error}", path=path) from error
    if not isinstance(case, dict) or "scenario" not in case:
        raise InputError(
            "this is no case: it has no scenario",
            path=path,
            mend="verify writes cases beside its report",
        )
    return case


def from_case(case: Mapping[str, Any], path: Path) -> Scenario:
    """A scenario from what `as_case` gave. Raises InputError for what is not understood."""
    try:
        return checked(dict(case))
    except Mistake as mistake:
        raise InputError(mistake.what, path=path, mend=mistake.mend) from mistake


def merged(base: Any, over: Any) -> Any:
    """`over` laid on `base`: mappings key by key, everything else replaced."""
    if isinstance(base, Mapping) and isinstance(over, Mapping):
        return {
            key: merged(base.get(key), over[key]) if key in over else base[key]
            for key in (*base, *(key for key in over if key not in base))
        }
    return over


class Lines:
    """Where in a file its parts stand."""

    def __init__(self, root: yaml.Node | None) -> None:
        self._root = root

    def at(self, place: tuple[Any, ...]) -> int:
        """The line of the key at this place, or of the deepest part of it that is there."""
        return self._walk(place)[1]

    def of(self, name: str, place: tuple[Any, ...]) -> int:
        """The line of a scenario's part: in the scenario itself, else in the defaults."""
        places = [("scenarios", name, *place), ("defaults", *place)]
        found = [(*self._walk(each), len(each)) for each in places]
        own, default = (depth - (0 if n else -1) for n, (depth, _, _) in enumerate(found))
        return found[1][1] if default > own else found[0][1]

    def check_twice(self, path: Path) -> None:
        """YAML takes the last of two equal keys in silence."""
        waiting = [self._root]
        seen: set[int] = set()
        while waiting:
            node = waiting.pop()
            if node is None or id(node) in seen:
                continue
            seen.add(id(node))
            if isinstance(node, yaml.MappingNode):
                keys: dict[str, int] = {}
                for key, value in node.value:
                    line = key.start_mark.line + 1
                    if isinstance(key.value, str) and key.value in keys:
                        raise InputError(
                            f"{key.value!r} stands here twice (see line {keys[key.value]})",
                            path=path,
                            line=line,
                            mend="Take out one of the two",
                        )
                    keys[str(key.value)] = line
                    waiting.append(value)
            elif isinstance(node, yaml.SequenceNode):
                waiting += node.value

    def _walk(self, place: tuple[Any, ...]) -> tuple[int, int]:
        """How deep the place is there, and the line of its deepest part."""
        node, line, depth = self._root, 1, 0
        for part in place:
            if isinstance(node, yaml.MappingNode):
                pair = next((p for p in node.value if p[0].value == str(part)), None)
                if pair is None:
                    break
                line, node = pair[0].start_mark.line + 1, pair[1]
            elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
                if part >= len(node.value):
                    break
                node = node.value[part]
                line = node.start_mark.line + 1
            else:
                break
            depth += 1
        return depth, line
