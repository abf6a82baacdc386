"""Both trees, read, and the rules by which they are compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from drs_refactor.migration import Migration, load
from harness.allowances import Declared, MovedInvocations
from harness.aws.permissions import action_of
from harness.comparison import Rules
from harness.results import Trees
from harness.tree import Tree, read_tree


@dataclass(frozen=True)
class Sides:
    """Both trees and the rules of their comparison. `denied` are actions that the old homes of the
    moved functions must not need any more, by function.
    """

    legacy: Tree
    refactored: Tree
    rules: Rules
    denied: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def read_sides(trees: Trees) -> Sides:
    """Read both trees. Raises InputError for what is amiss."""
    migration = load(trees.config)
    legacy = read_tree(trees.legacy, migration, "legacy")
    refactored = read_tree(trees.refactored, migration, "refactored")
    actions = tuple(action_of(service, "*") for service in migration.services_gone)
    # A tree beside itself is a control: it has moved nothing, so nothing must be gone.
    itself = trees.legacy.resolve() == trees.refactored.resolve()
    denied = {} if itself else {move.source: actions for move in migration.moves}
    return Sides(legacy, refactored, rules_of(migration, refactored), denied)


def rules_of(migration: Migration, refactored: Tree) -> Rules:
    """The declared invocations, renames and allowances of a migration."""
    actions: dict[str, set[str]] = {}
    for move in migration.moves:
        if move.action:
            actions.setdefault(refactored.functions[move.destination].name, set()).add(move.action)
    invocations = MovedInvocations({name: frozenset(found) for name, found in actions.items()})
    return Rules(
        invocations,
        {move.name: move.function for move in migration.moves},
        {
            move.action: {} if isinstance(failure, str) else dict(failure)
            for move in migration.moves
            if move.action
            for failure in (move.on_invocation_failure,)
        },
        tuple(Declared(allowance) for allowance in migration.allowances),
    )
