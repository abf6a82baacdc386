"""The templates' side of a move: variables, permissions and time limits.

Each caller finds its callee's ARN in a variable, may invoke it, and outlives it; moved code may do
in its new home what it might in its old one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from codemods.closest import closest
from codemods.edits import Edit, apply
from codemods.scene import Scene
from codemods.syntax.source import Statement
from codemods.templates.function_node import FunctionNode, function_in, resources_of
from codemods.templates.memory import memories
from codemods.templates.moved_permissions import moved_permissions
from codemods.templates.packages import fixed_packages
from codemods.templates.permissions import grants
from codemods.templates.roles import NewStatement, RoleNode
from codemods.templates.stacks import Stacks
from codemods.templates.time_limits import limits
from codemods.templates.variables import add_variables, arns, read_by
from codemods.templates.yaml_text import Document, compose, flattened
from drs_refactor.errors import InputError


def edited(
    scene: Scene, callers: Mapping[str, set[str]], arrived: Mapping[str, list[Statement]]
) -> tuple[dict[str, str], list[str], list[str]]:
    """New texts of the templates, one line a change, and what a person must look at. `arrived` are,
    by function, the statements that it has now, or shares, with the source.
    """
    documents = _read(scene)
    if not documents:
        return (
            {},
            [],
            [
                "no templates are named in migration.toml: variables, permissions and time "
                "limits are left to you"
            ],
        )
    functions = {key: _function(scene, key, documents) for key in scene.migration.functions}
    owner = {move.function: move.destination for move in scene.migration.moves}
    calls = {key: sorted({owner[name] for name in names}) for key, names in callers.items()}
    planned = {
        functions[caller].logical_id: [functions[name].logical_id for name in names]
        for caller, names in calls.items()
    }
    stacks = Stacks(documents)
    home = scene.migration.moves[0].source
    edits: dict[str, list[Edit]] = {}
    changes: list[str] = []

    def note(document: Document, found: Iterable[Edit], change: str) -> None:
        edits.setdefault(document.relative, []).extend(found)
        changes.append(f"{document.relative}: {change}")

    for key, function in functions.items():
        lines = {
            **arns(scene, function, calls.get(key, []), functions, planned, stacks),
            **read_by(arrived.get(key, []), functions[home], function, stacks),
        }
        if lines:
            note(
                function.document,
                [add_variables(function, lines)],
                f"{function.logical_id}: variables {', '.join(sorted(lines))}",
            )
    for key, (old, new) in limits(scene, functions, calls).items():
        function = functions[key]
        note(
            function.document,
            [function.set_number("Timeout", new)],
            f"{function.logical_id}: Timeout {old} → {new} s",
        )
    more, unknown = memories(scene, functions)
    for key, (old, new) in more.items():
        function = functions[key]
        note(
            function.document,
            [function.set_number("MemorySize", new)],
            f"{function.logical_id}: MemorySize {old} → {new} MB",
        )
    found = list(grants(scene, documents, functions, calls, planned, stacks))
    moved, told = moved_permissions(scene, documents, functions, arrived, planned, stacks)
    added: dict[tuple[str, str], tuple[RoleNode, list[NewStatement]]] = {}
    for role, given, change in [*found, *moved]:
        note(role.document, [given] if isinstance(given, Edit) else [], change)
        if isinstance(given, NewStatement):
            added.setdefault(role.key, (role, []))[1].append(given)
    for role, statements in added.values():
        edits[role.document.relative] += role.add(statements)
    texts = {}
    for document in documents:
        if document.relative in edits:
            texts[document.relative] = _checked(document, edits[document.relative])
    involved = {*calls, *(callee for callees in calls.values() for callee in callees)}
    kept = fixed_packages({key: functions[key] for key in functions if key in involved})
    return texts, changes, [*told, *unknown, *kept]


def _read(scene: Scene) -> list[Document]:
    found = []
    for glob in scene.migration.templates.files:
        for path in sorted(scene.root.glob(glob)):
            relative = path.relative_to(scene.root).as_posix()
            try:
                text = path.read_bytes().decode("utf-8")
            except OSError as error:
                raise InputError(f"cannot be read: {error.strerror}", path=relative) from error
            except UnicodeDecodeError as error:
                raise InputError(
                    "cannot be read: it is not UTF-8", path=relative, mend="Save it as UTF-8"
                ) from error
            if text.startswith("\ufeff"):
                raise InputError(
                    "this template begins with a byte order mark",
                    path=relative,
                    line=1,
                    mend="Save it as UTF-8 without one",
                )
            found.append(compose(text, relative))
    if scene.migration.templates.files and not found:
        raise InputError(
            f"no template matches {list(scene.migration.templates.files)}",
            path=scene.root,
            mend="See [templates] files in migration.toml",
        )
    return found


def _function(scene: Scene, key: str, documents: list[Document]) -> FunctionNode:
    logical_id = scene.migration.functions[key].resource
    for document in documents:
        found = function_in(document, logical_id)
        if found is not None:
            return found
    places = ", ".join(document.relative for document in documents)
    known = [name for document in documents for name in resources_of(document)]
    raise InputError(
        f"no template defines the function {logical_id!r}{closest(logical_id, known)} "
        f"(looked in {places})",
        path=scene.migration.path,
        mend=f"Name its logical id: [functions.{key}] resource",
    )


def _checked(document: Document, edits: list[Edit]) -> str:
    """The edited text, if it is still the same template but for what was edited."""
    text = apply(document.text, sorted(edits, key=_depth, reverse=True))
    before, after = flattened(document.root), flattened(compose(text, document.relative).root)
    for path, value in before.items():
        found = [after[place] for place in _places(path) if place in after]
        if value in found or (found and path[-1] in ("Timeout", "MemorySize")):
            continue
        raise InputError(
            f"editing would {'change' if found else 'lose'} {'.'.join(path)}",
            path=document.relative,
            mend="Please report it with the lines around that place",
        )
    return text


def _depth(edit: Edit) -> tuple[int, bool]:
    """What is indented more stands first where several things are added in one place."""
    line = edit.text.lstrip("\r\n")
    return len(line) - len(line.lstrip(" ")), line.lstrip(" ").startswith("- ")


def _places(path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Where a value may stand now: a single Resource of a statement, or policy of a function, may
    have become the first of a list.
    """
    yield path
    for place, name in enumerate(path):
        if name in ("Resource", "Policies"):
            yield (*path[: place + 1], "0", *path[place + 1 :])
