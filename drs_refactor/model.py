"""The model of migration.toml: what moves where, and where the tree keeps its functions.

Paths are relative to the tree, so that one file serves the tree before and after.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

RAISE = "raise"
"""`on_invocation_failure` of a function that raises where AWS fails it."""

RESERVED = frozenset({"action", "result", "answer", "error"})
"""Names that stubs and routes use themselves: no payload key can be one of them."""


@dataclass(frozen=True)
class Function:
    """A Lambda function: its entry file on either side and its logical id in the templates."""

    key: str
    path: str
    refactored_path: str
    resource: str
    handler: str = "lambda_handler"
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def arn_variable(self) -> str:
        """The environment variable in which callers find this function's ARN."""
        return re.sub(r"\W+", "_", self.key).upper() + "_ARN"


@dataclass(frozen=True)
class Move:
    """One function that moves.

    `payload` maps a key of the invocation's payload to an expression over the parameters;
    `made_anew` a parameter that JSON cannot carry to the expression that its owner gives instead,
    over the payload's keys and the names of the source's module; `mutates` is the key whose object
    takes the changes in place; `returns` the key that is also the result.
    A `helper` has no action: only functions that move with it call it.
    """

    function: str
    name: str
    source: str
    destination: str
    line: int
    action: str = ""
    payload: Mapping[str, str] | None = None
    made_anew: Mapping[str, str] = field(default_factory=dict)
    mutates: str = ""
    returns: str = ""
    carry_to: tuple[str, ...] = ()
    on_invocation_failure: str | Mapping[str, Any] = RAISE

    @property
    def helper(self) -> bool:
        return not self.action


@dataclass(frozen=True)
class Alias:
    """A name for the older of two things that clash in a destination."""

    function: str
    name: str
    alias: str
    line: int


@dataclass(frozen=True)
class Templates:
    """The templates, relative to the tree, and the role that the functions run under. `values` are
    what references stand for that the harness cannot evaluate, `definitions` the files of state
    machines whose definition is not in the template, by logical id.
    """

    files: tuple[str, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    role: str = ""
    time_limit_margin: int = 30
    values: Mapping[str, str] = field(default_factory=dict)
    definitions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Allowance:
    """A difference that is no divergence: of this kind, at paths that match, in scenarios that
    match, with values that match where patterns are given, and no more often than `at_most`.
    """

    name: str
    reason: str
    kind: str
    path: str
    scenarios: tuple[str, ...]
    at_most: int
    line: int
    legacy: str = ""
    refactored: str = ""


@dataclass(frozen=True)
class Scenarios:
    """Files of scenarios beside migration.toml, and whether the shipped ones are run too."""

    files: tuple[str, ...] = ()
    shipped: bool = True
    line: int = 1


@dataclass(frozen=True)
class Gates:
    """How much longer it may take. `execution` is a share of legacy's time, either way; the others
    are seconds that may be added to what people wait for, by quantile; None is told and decides
    nothing. Code that adds less than `compute_floor` seconds to an invocation is within.
    """

    execution: float = 0.05
    begin_to_recovery: Mapping[float, float | None] = field(default_factory=lambda: BUDGET)
    launched_to_next_recovery: Mapping[float, float | None] = field(default_factory=lambda: BUDGET)
    compute_floor: float = 0.001

    def of(self, wait: str) -> Mapping[float, float | None]:
        """The limits of a wait, by its name."""
        found: Mapping[float, float | None] = getattr(self, wait)
        return found


BUDGET: Mapping[float, float | None] = {0.5: None, 0.95: 1.0}
"""Seconds, where migration.toml says nothing: one at p95."""


@dataclass(frozen=True)
class Migration:
    """A whole migration.toml. `legacy` and `refactored` are the default trees beside it; `sample`
    says that they are nobody's production.
    """

    path: Path
    legacy: Path
    refactored: Path
    layers: tuple[str, ...]
    services_gone: tuple[str, ...]
    functions: Mapping[str, Function]
    moves: tuple[Move, ...]
    aliases: tuple[Alias, ...]
    templates: Templates
    scenarios: Scenarios = Scenarios()
    allowances: tuple[Allowance, ...] = ()
    gates: Gates = field(default_factory=Gates)
    sample: bool = False

    def renames(self) -> dict[str, str]:
        """Moved functions by their old name, with the new one."""
        return {move.function: move.name for move in self.moves if move.name != move.function}
