"""A scenario as the least data that says the same, and as a scenario file."""

from __future__ import annotations

from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any

import yaml

from harness.fuzzing.results import Data
from harness.scenario import Scenario


def compact(scenario: Scenario) -> Data:
    """The scenario's data without what a file need not say, without name and what it shows."""
    data: Data = _plain(scenario)
    return {key: value for key, value in data.items() if key not in ("name", "shows", "source")}


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: _plain(getattr(value, field.name))
            for field in fields(value)
            if getattr(value, field.name) != _default(field)
        }
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _default(field: Field[Any]) -> Any:
    if field.default_factory is not MISSING:
        return field.default_factory()
    return field.default


def as_file(scenario: Scenario, comment: str) -> str:
    """A scenario file of this one scenario, to be committed beside migration.toml."""
    document = {"scenarios": {scenario.name: {"shows": scenario.shows, **compact(scenario)}}}
    # Aliases would join parts that are equal by chance.
    text = yaml.dump(
        document,
        Dumper=_NoAliases,
        allow_unicode=True,
        sort_keys=False,
        default_flow_style=None,
        width=100,
    )
    return f"# {comment}\n{text}"


class _NoAliases(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True
