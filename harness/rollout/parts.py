"""The parts of a release: what changes at a moment of its own in a deployment, and trees in which
some of them are the refactored tree's and the others legacy's.

A part's name is `code:<function>`, `config:<function>` (all that UpdateFunctionConfiguration sets,
and its name), `role:<logical id>`, `state machine:<logical id>` or `layers`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from harness.aws.function import FunctionDefinition
from harness.tree import Role, StateMachine, Table, Tree

LAYERS = "layers"

_CONFIGURATION = (
    *("name", "arn", "handler", "variables", "timeout", "memory", "role", "runtime"),
    "concurrency",
)

Resource = TypeVar("Resource", Role, StateMachine)


class Mixture:
    """Two trees that can be mixed, and their parts: those in which they differ, code first."""

    def __init__(self, legacy: Tree, refactored: Tree) -> None:
        self.legacy, self.refactored = legacy, refactored
        homes = {
            side.side: {f.entry.parent for f in side.functions.values()}
            for side in (legacy, refactored)
        }
        self.parts = (
            *(f"code:{key}" for key in legacy.functions if self._code_differs(key, homes)),
            *([LAYERS] if self._layers_differ(homes) else []),
            *(f"config:{key}" for key in legacy.functions if self._configuration_differs(key)),
            *self._of("role", legacy.roles, refactored.roles),
            *self._of("state machine", legacy.machines, refactored.machines),
        )
        # A function that is the same in two mixtures is the same object, and stays warm.
        self._function = lru_cache(maxsize=None)(self._mixed_function)

    @property
    def everything(self) -> frozenset[str]:
        """All parts: the refactored tree itself."""
        return frozenset(self.parts)

    def tree(self, new: Iterable[str]) -> Tree:
        """The tree in which these parts are the refactored tree's. Legacy itself for none."""
        taken = frozenset(new)
        if not taken:
            return self.legacy
        layers = LAYERS in taken
        return replace(
            self.legacy,
            side="mixed",
            functions={
                key: self._function(
                    key, f"code:{key}" in taken, f"config:{key}" in taken, layers=layers
                )
                for key in self.legacy.functions
            },
            roles=_roles(self.legacy.roles, self.refactored.roles, taken),
            machines=_mixed("state machine", self.legacy.machines, self.refactored.machines, taken),
            tables=_tables(self.legacy.tables, self.refactored.tables),
        )

    def anew(self, new: Iterable[str]) -> Tree:
        """The same tree as another deployment of it, after which every container is new."""
        tree = self.tree(new)
        return replace(tree, functions={key: replace(f) for key, f in tree.functions.items()})

    @property
    def unchecked(self) -> list[str]:
        """Roles under which no function runs: what they permit is not checked here."""
        used = {
            role.logical_id
            for tree in (self.legacy, self.refactored)
            for function in tree.functions.values()
            if (role := tree.role_of(function)) is not None
        }
        roles = (part for part in self.parts if part.startswith("role:"))
        return [part for part in roles if part.partition(":")[2] not in used]

    @property
    def named_anew(self) -> set[str]:
        """The keys of functions that have another name in the refactored tree."""
        names = {key: function.name for key, function in self.legacy.functions.items()}
        return {key for key, f in self.refactored.functions.items() if f.name != names[key]}

    @property
    def renamed(self) -> dict[str, str]:
        """State machines that have another name in the refactored tree: the old one, by the new."""
        pairs = paired(self.legacy.machines, self.refactored.machines)
        return {new.name: old.name for _, old, new in pairs if old and new and old.name != new.name}

    def _mixed_function(
        self, key: str, code: bool, configuration: bool, *, layers: bool
    ) -> FunctionDefinition:
        old, new = self.legacy.functions[key], self.refactored.functions[key]
        if not (code or configuration or layers):
            return old
        coded, layered = (new if code else old), (new if layers else old)
        configured = new if configuration else old
        # Layers that are the same are taken along, so that the lines of their calls are known.
        beside = layered.folders[1:] if LAYERS in self.parts else coded.folders[1:]
        return replace(
            configured,
            entry=_entry(coded, configured.handler),
            folders=(coded.folders[0], *beside),
            root=coded.root,
            edited={**old.edited, **new.edited},
        )

    def _code_differs(self, key: str, homes: Mapping[str, set[Path]]) -> bool:
        old, new = self.legacy.functions[key], self.refactored.functions[key]
        return _files(old.entry.parent, homes["legacy"]) != _files(
            new.entry.parent, homes["refactored"]
        )

    def _layers_differ(self, homes: Mapping[str, set[Path]]) -> bool:
        sides = []
        for tree in (self.legacy, self.refactored):
            folders = dict.fromkeys(
                folder for f in tree.functions.values() for folder in f.folders[1:]
            )
            sides.append([_files(folder, homes[tree.side]) for folder in folders])
        return sides[0] != sides[1]

    def _configuration_differs(self, key: str) -> bool:
        old, new = self.legacy.functions[key], self.refactored.functions[key]
        return any(getattr(old, name) != getattr(new, name) for name in _CONFIGURATION)

    def _of(
        self, kind: str, old: tuple[Resource, ...], new: tuple[Resource, ...]
    ) -> tuple[str, ...]:
        return tuple(
            f"{kind}:{key}" for key, one, other in paired(old, new) if not _same(one, other)
        )


def paired(
    old: Iterable[Resource], new: Iterable[Resource]
) -> list[tuple[str, Resource | None, Resource | None]]:
    """Resources of both trees, by logical id; one that has another id and the same name is paired
    too, under its old id.
    """
    news = {resource.logical_id: resource for resource in new}
    olds = {resource.logical_id: resource for resource in old}
    named = {r.name: key for key, r in news.items() if key not in olds}
    found: list[tuple[str, Resource | None, Resource | None]] = []
    for key, resource in olds.items():
        other = key if key in news else named.get(resource.name, "")
        found.append((key, resource, news.pop(other, None)))
    found.extend((key, None, resource) for key, resource in news.items())
    return found


def _same(old: Role | StateMachine | None, new: Role | StateMachine | None) -> bool:
    if isinstance(old, StateMachine) and isinstance(new, StateMachine):
        # Not the file that it is read from, nor its logical id, of which nothing at run time knows.
        return replace(old, template="", logical_id="") == replace(new, template="", logical_id="")
    if isinstance(old, Role) and isinstance(new, Role):
        return replace(old, logical_id="") == replace(new, logical_id="")
    return False


def _mixed(
    kind: str, old: tuple[Resource, ...], new: tuple[Resource, ...], taken: frozenset[str]
) -> tuple[Resource, ...]:
    pairs = paired(old, new)
    chosen = [other if f"{kind}:{key}" in taken else one for key, one, other in pairs]
    return tuple(resource for resource in chosen if resource is not None)


def _roles(old: tuple[Role, ...], new: tuple[Role, ...], taken: frozenset[str]) -> tuple[Role, ...]:
    """Of a role that is made anew under another name, or removed, the old one stays too, since
    CloudFormation deletes it when all else is done: a function may still run under it.
    """
    chosen = _mixed("role", old, new, taken)
    names = {role.name for role in chosen}
    return (*chosen, *(r for r in old if r.name not in names and f"role:{r.logical_id}" in taken))


def _tables(old: tuple[Table, ...], new: tuple[Table, ...]) -> tuple[Table, ...]:
    """Both trees' tables: a stack deletes what its template lacks only when all else is done."""
    names = {table.name for table in old}
    return (*old, *(table for table in new if table.name not in names))


def _entry(function: FunctionDefinition, handler: str) -> Path:
    """The file that a handler means in a function's code, which may not be there."""
    own, asked = (Path(h.rpartition(".")[0]).name for h in (function.handler, handler))
    same = own == asked or function.entry.stem != own
    return function.entry if same else function.entry.with_name(f"{asked}.py")


def _files(folder: Path, homes: set[Path]) -> dict[str, bytes]:
    """The files of a package: of a folder, without the folders of other functions in it."""
    others = homes - {folder}
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and "__pycache__" not in path.parts
        and not others.intersection(path.parents)
    }
