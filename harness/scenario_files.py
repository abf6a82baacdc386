"""Scenario files: YAML with `defaults` and `scenarios`, each scenario merged over the defaults.

defaults:
  tables: {PROTECTION_GROUPS_TABLE: [{groupId: pg-1}]}
scenarios:
  drill: {shows: A drill, start: {input: {isDrill: true}}}
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

from drs_refactor.errors import InputError
from drs_refactor.model import Migration
from drs_refactor.yaml_errors import told_as_input
from harness.aws.disruptions import Disruption, Latency
from harness.scenario import Invocation, Network, Scenario, Server, Start, TrustedRole

SHIPPED = Path(__file__).parent / "scenarios"

_PARTS: dict[str, type[Any]] = {
    "servers": Server,
    "roles": TrustedRole,
    "networks": Network,
    "invoke": Invocation,
    "refuse": Disruption,
    "slow": Latency,
}


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
                f"no file matches scenarios files {glob!r}",
                path=migration.path,
                line=wanted.line,
                mend="Write it relative to this file",
            )
        found += [scenario for path in paths for scenario in read(path)]
    names: set[str] = set()
    for scenario in found:
        if scenario.name in names:
            raise InputError(
                f"two scenarios are called {scenario.name!r}",
                path=migration.path,
                line=wanted.line,
                mend="Rename one, or set shipped = false in [scenarios]",
            )
        names.add(scenario.name)
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
        document = yaml.load(text, yaml.CSafeLoader)
    if not isinstance(document, dict) or not isinstance(document.get("scenarios"), dict):
        raise InputError("there are no scenarios in it", path=path, mend="Add scenarios: {name: …}")

    def fail(name: str) -> Callable[[str], InputError]:
        line = next(
            (
                n
                for n, row in enumerate(text.splitlines(), 1)
                if re.match(rf"\s+{re.escape(name)}\s*:", row)
            ),
            None,
        )
        return lambda what: InputError(f"{name}: {what}", path=path, line=line)

    defaults = document.get("defaults", {})
    return [
        from_case({"name": name, **merged(defaults, given)}, fail(str(name)))
        for name, given in document["scenarios"].items()
    ]


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


def merged(base: Any, over: Any) -> Any:
    """`over` laid on `base`: mappings key by key, everything else replaced."""
    if isinstance(base, Mapping) and isinstance(over, Mapping):
        return {
            key: merged(base.get(key), over[key]) if key in over else base[key]
            for key in (*base, *(key for key in over if key not in base))
        }
    return over


def from_case(case: Mapping[str, Any], fail: Callable[[str], InputError]) -> Scenario:
    """A scenario from its data."""
    known = {item.name for item in dataclasses.fields(Scenario)}
    for key in case:
        if key not in known:
            raise fail(f"unknown key {key!r} (known: {', '.join(sorted(known))})")
    if not re.fullmatch(r"\w[\w.-]*", str(case.get("name"))):
        raise fail("a name is made of letters, digits, dots, dashes and underscores")
    if not case.get("shows"):
        raise fail("`shows` must say in one line what the scenario is for")
    values = dict(case)
    for key, kind in _PARTS.items():
        values[key] = tuple(_part(kind, item, key, fail) for item in case.get(key) or ())
    if case.get("start") is not None:
        values["start"] = _part(Start, case["start"], "start", fail)
    values["initialized"] = tuple(case.get("initialized") or ())
    values["jobs"] = tuple(case.get("jobs") or ())
    values["tables"] = {
        variable: tuple(items) for variable, items in (case.get("tables") or {}).items()
    }
    if values.get("start") is None and not values["invoke"]:
        raise fail("nothing happens: add `start` or `invoke`")
    return Scenario(**values)


def _part(kind: type[Any], item: Any, key: str, fail: Callable[[str], InputError]) -> Any:
    known = {field.name for field in dataclasses.fields(kind)}
    if not isinstance(item, Mapping):
        raise fail(f"each of `{key}` must be a mapping")
    for name in item:
        if name not in known:
            raise fail(f"unknown key {name!r} in `{key}` (known: {', '.join(sorted(known))})")
    try:
        return kind(**item)
    except TypeError as error:
        missing = re.findall(r"'(\w+)'", str(error))
        raise fail(f"`{key}` lacks {', '.join(missing)}") from error
