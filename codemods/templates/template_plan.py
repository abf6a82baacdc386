"""The templates' side of a move: variables, the permission to invoke, and time limits.

Each caller finds its callee's ARN in a variable, may invoke it, and outlives it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import yaml

from codemods.closest import closest
from codemods.edits import Edit, apply
from codemods.scene import Scene
from codemods.syntax.source import Statement
from codemods.templates import permissions
from codemods.templates.cycles import leads_to
from codemods.templates.function_node import FunctionNode, function_in, resources_of
from codemods.templates.packages import fixed_packages
from codemods.templates.yaml_text import Document, compose, flattened
from drs_refactor.errors import InputError

LAMBDA_LONGEST = 900
"""Seconds: the highest time limit that Lambda has."""

LAMBDA_DEFAULT = 3
_SECONDS = re.compile(r"[1-9][0-9]*")
_READS_ENVIRONMENT = re.compile(
    r"""\b(?:environ(?:\.get\(|\[)|getenv\()\s*["']([A-Za-z_]\w*)["']"""
)


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
    edits: dict[str, list[Edit]] = {}
    changes: list[str] = []

    def note(document: Document, found: Iterable[Edit], change: str) -> None:
        edits.setdefault(document.relative, []).extend(found)
        changes.append(f"{document.relative}: {change}")

    for key, function in functions.items():
        lines = _variables(scene, key, functions, calls, arrived.get(key, []))
        if lines:
            note(
                function.document,
                [_add_variables(function, lines)],
                f"{function.logical_id}: variables {', '.join(sorted(lines))}",
            )
    for key, (old, new) in _limits(scene, functions, calls).items():
        function = functions[key]
        note(
            function.document,
            [_set_limit(function, new)],
            f"{function.logical_id}: Timeout {old} → {new} s",
        )
    for document, edit, change in permissions.grants(scene, documents, functions, calls):
        note(document, [edit], change)
    texts = {}
    for document in documents:
        if document.relative in edits:
            texts[document.relative] = _checked(document, edits[document.relative])
    involved = {*calls, *(callee for callees in calls.values() for callee in callees)}
    kept = fixed_packages({key: functions[key] for key in functions if key in involved})
    return texts, changes, list(kept)


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


def _variables(
    scene: Scene,
    key: str,
    functions: Mapping[str, FunctionNode],
    calls: Mapping[str, list[str]],
    arrived: list[Statement],
) -> dict[str, str]:
    """The entries that a function's Variables lack, as text by name."""
    function = functions[key]
    lines = {}
    for callee in calls.get(key, []):
        variable = scene.migration.functions[callee].arn_variable
        if function.get("Environment", "Variables", variable) is None:
            lines[variable] = f"{variable}: {_arn(functions, key, callee, calls)}"
    source = functions[scene.migration.moves[0].source]
    for name in sorted({n for s in arrived for n in _READS_ENVIRONMENT.findall(s.text)}):
        value = source.get("Environment", "Variables", name)
        if name.startswith("AWS_") or value is None:
            continue
        there = function.get("Environment", "Variables", name)
        if there is None:
            lines[name] = f"{name}: {_copied(source, function, value)}"
        elif _value(there) != _value(value):
            raise function.document.refuse(
                f"moved code reads {name}, which is another here than in {source.logical_id} "
                f"({source.document.relative}:{value.start_mark.line + 1})",
                there,
                "Give both the same value, or the moved code a variable of its own",
            )
    return lines


def _value(node: yaml.Node) -> object:
    return node.tag, sorted(flattened(node).items())


def _arn(
    functions: Mapping[str, FunctionNode],
    key: str,
    callee: str,
    calls: Mapping[str, list[str]],
) -> str:
    here, there = functions[key], functions[callee]
    if here.document is not there.document:
        raise here.document.refuse(
            f"{here.logical_id} must know the ARN of {there.logical_id}, which stands in "
            f"{there.document.relative}",
            here.properties,
            "Pass it as a parameter, and set the variable "
            "to that parameter yourself before migrating",
        )
    planned = {
        functions[caller].logical_id: [functions[name].logical_id for name in names]
        for caller, names in calls.items()
    }
    if leads_to(here.document, there.logical_id, here.logical_id, planned):
        # A reference would close a circle, which CloudFormation does not deploy.
        return f'!Sub "{permissions.arn_by_name(there)}"'
    return f"!GetAtt {there.logical_id}.Arn"


def _copied(source: FunctionNode, function: FunctionNode, value: yaml.Node) -> str:
    text = source.document.source(value)
    if "\n" in text or source.document is not function.document:
        raise source.document.refuse(
            "this variable must be copied to another function, and cannot be as it is written",
            value,
            f"Add it to {function.logical_id} yourself before migrating",
        )
    return text


def _add_variables(function: FunctionNode, lines: Mapping[str, str]) -> Edit:
    variables = function.get("Environment", "Variables")
    if variables is not None:
        function.check_is_mapping(variables)
        return function.document.add_entries(variables, list(lines.values()))
    if function.get("Environment") is not None:
        raise function.document.refuse(
            "Environment has no Variables", function.properties, "Add Variables with one entry"
        )
    entries = ["Environment:", "  Variables:", *(f"    {line}" for line in lines.values())]
    return function.document.add_entries(function.properties, entries)


def _limits(
    scene: Scene, functions: Mapping[str, FunctionNode], calls: Mapping[str, list[str]]
) -> dict[str, tuple[int, int]]:
    """The time limits that change, so that each caller outlives its callees by the margin."""
    involved = {key for caller, callees in calls.items() if callees for key in (caller, *callees)}
    old = {key: _limit(function) for key, function in functions.items() if key in involved}
    new = dict(old)
    margin = scene.migration.templates.time_limit_margin
    changed = True
    while changed:
        changed = False
        for caller, callees in calls.items():
            if not callees:
                continue
            needed = max(new[callee] + margin for callee in callees)
            if new[caller] < needed:
                new[caller], changed = needed, True
            if new[caller] > LAMBDA_LONGEST:
                raise functions[caller].document.refuse(
                    f"{functions[caller].logical_id} would need a time limit of {new[caller]} s to "
                    f"outlive {' and '.join(callees)}, and Lambda's longest is {LAMBDA_LONGEST} s",
                    functions[caller].properties,
                    "Lower the limit of the one that is invoked",
                )
    return {key: (old[key], new[key]) for key in functions if new.get(key) != old.get(key)}


def _limit(function: FunctionNode) -> int:
    node = function.get("Timeout")
    if node is None:
        return LAMBDA_DEFAULT
    if not isinstance(node, yaml.ScalarNode) or not _SECONDS.fullmatch(node.value):
        raise function.document.refuse(
            "this time limit is not written as a number, so it cannot be compared",
            node,
            "Write the number of seconds",
        )
    return int(node.value)


def _set_limit(function: FunctionNode, seconds: int) -> Edit:
    node = function.get("Timeout")
    if node is None:
        return function.document.add_entries(function.properties, [f"Timeout: {seconds}"])
    function.document.editable(node)
    return Edit(node.start_mark.index, node.end_mark.index, str(seconds))


def _checked(document: Document, edits: list[Edit]) -> str:
    """The edited text, if it is still the same template but for what was edited."""
    text = apply(document.text, edits)
    before, after = flattened(document.root), flattened(compose(text, document.relative).root)
    lost = [path for path in before if path not in after and not _became_list(path, after)]
    if lost:
        raise InputError(
            f"editing would lose {'.'.join(lost[0])}",
            path=document.relative,
            mend="Please report it with the lines around that place",
        )
    changed = [p for p in before if p in after and before[p] != after[p] and p[-1] != "Timeout"]
    if changed:
        raise InputError(
            f"editing would change {'.'.join(changed[0])}",
            path=document.relative,
            mend="Please report it with the lines around that place",
        )
    return text


def _became_list(path: tuple[str, ...], after: Mapping[tuple[str, ...], object]) -> bool:
    """A single Resource of a policy statement is now the first of a list."""
    return path[-1] == "Resource" and (*path, "0") in after
