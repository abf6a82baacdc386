"""Where to look for the cause of a divergence: what ran in its step and is not what legacy has.

The refactored tree runs once more, with a note at the entry of each of its functions. What moved
must be what it was, so a moved function with another body comes first, then a name that means
something else than in legacy, then what the move wrote: stubs and routes.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import zip_longest
from pathlib import Path

SHOWN = 4
_ARRIVED, _MEANING, _WRITTEN, _HANDLER = range(4)


@dataclass(frozen=True)
class Suspect:
    """A place in the refactored tree, relative to it, and what is odd about it."""

    place: str
    name: str
    why: str


@dataclass(frozen=True)
class _Definition:
    """A top-level statement that binds a name."""

    path: Path
    node: ast.stmt
    code: str
    names: frozenset[str] = frozenset()

    @property
    def is_function(self) -> bool:
        return isinstance(self.node, ast.FunctionDef | ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Side:
    """The entry files of one side, their handlers, and the folder that paths are told from."""

    root: Path
    entries: Mapping[str, Path]
    handlers: Mapping[str, str]
    _read: dict[Path, dict[str, _Definition]] = field(default_factory=dict, repr=False)

    def definitions(self, path: Path) -> dict[str, _Definition]:
        if path not in self._read:
            self._read[path] = _definitions(path)
        return self._read[path]

    def place(self, path: Path, line: int) -> str:
        return f"{path.relative_to(self.root).as_posix()}:{line}"


def suspects(
    legacy: Side,
    refactored: Side,
    moved: Mapping[str, str],
    entered: Sequence[tuple[Path, str]],
) -> tuple[Suspect, ...]:
    """The first places to look at. `moved` maps the new name of a moved function to its old one;
    `entered` are the functions that ran, by file and name, in order.
    """
    ranked: list[tuple[int, Suspect]] = []
    handlers = set(refactored.handlers.values())
    for path, name in dict.fromkeys(entered):
        here = refactored.definitions(path).get(name)
        if here is None or not path.is_relative_to(refactored.root):
            continue
        there = _counterpart(legacy, refactored, moved, path, name)
        if there is None:
            ranked.append((_WRITTEN, _written(refactored, here, name)))
            continue
        if _body(here) != _body(there):
            arrived = there.path.relative_to(legacy.root) != path.relative_to(refactored.root)
            rank = _ARRIVED if arrived else _MEANING
            if not arrived and name in (*moved, *moved.values()):
                rank = _WRITTEN  # a stub
            if name in handlers:
                rank = _HANDLER  # it has the routes
            ranked.append((rank, _changed(legacy, refactored, here, there, name)))
        ranked += [(_MEANING, s) for s in _meanings(legacy, refactored, here, there, moved)]
    if any(rank == _ARRIVED for rank, _ in ranked):  # what the move must never have done
        ranked = [pair for pair in ranked if pair[0] < _WRITTEN]
    ranked.reverse()  # what was entered last is nearest to what was seen
    found = [suspect for _, suspect in sorted(ranked, key=lambda pair: pair[0])]
    return tuple(dict.fromkeys(found))[:SHOWN]


def _counterpart(
    legacy: Side, refactored: Side, moved: Mapping[str, str], path: Path, name: str
) -> _Definition | None:
    """The function that it was in legacy: in the same file, or where it came from."""
    same_file = legacy.root / path.relative_to(refactored.root)
    here = legacy.definitions(same_file).get(name) if same_file.is_file() else None
    if here is not None and here.is_function:
        return here
    for entry in legacy.entries.values():
        found = legacy.definitions(entry).get(moved.get(name, name))
        if found is not None and found.is_function and entry != same_file:
            return found
    return None


def _written(side: Side, here: _Definition, name: str) -> Suspect:
    why = "written by the move: legacy has no such function here"
    return Suspect(side.place(here.path, here.node.lineno), name, why)


def _changed(
    legacy: Side, refactored: Side, here: _Definition, there: _Definition, name: str
) -> Suspect:
    """The first line of a function that is not legacy's."""
    ours = here.code.splitlines()
    theirs = there.code.splitlines()
    for offset, (line, other) in enumerate(zip_longest(ours, theirs)):
        if offset and line != other:
            mine = line.strip() if line is not None else "(nothing)"
            old = other.strip() if other is not None else "(nothing)"
            where = legacy.place(there.path, there.node.lineno + offset)
            place = refactored.place(here.path, here.node.lineno + min(offset, len(ours) - 1))
            return Suspect(place, name, f"has `{mine}`, legacy `{old}` ({where})")
    place = refactored.place(here.path, here.node.lineno)
    return Suspect(place, name, "differs from legacy's")


def _meanings(
    legacy: Side,
    refactored: Side,
    here: _Definition,
    there: _Definition,
    moved: Mapping[str, str],
) -> Iterator[Suspect]:
    """Names that the function uses and that are bound otherwise than in legacy."""
    ours, theirs = refactored.definitions(here.path), legacy.definitions(there.path)
    for name in sorted(here.names & ours.keys()):
        mine, old = ours[name], theirs.get(moved.get(name, name))
        if old is None or mine.is_function or (old.is_function and not _is_import(mine)):
            continue  # functions are looked at by themselves; an old name for one is the move's
        if _imported(mine, name) != _imported(old, name):
            where = legacy.place(old.path, old.node.lineno)
            yield Suspect(
                refactored.place(mine.path, mine.node.lineno),
                name,
                f"is `{_first(mine)}` here, `{_first(old)}` in legacy ({where})",
            )


def _imported(definition: _Definition, name: str) -> str:
    """What a statement binds the name to; for an import, whatever else it imports."""
    node = definition.node
    if isinstance(node, ast.ImportFrom):
        for alias in node.names:
            if (alias.asname or alias.name) == name:
                return f"{node.level}{node.module}.{alias.name}"
    if isinstance(node, ast.Import):
        for alias in node.names:
            if (alias.asname or alias.name.partition(".")[0]) == name:
                return alias.name
    return definition.code


def _is_import(definition: _Definition) -> bool:
    return isinstance(definition.node, ast.Import | ast.ImportFrom)


def _first(definition: _Definition) -> str:
    return definition.code.splitlines()[0].strip()


def _body(definition: _Definition) -> str:
    node = definition.node
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return ast.dump(ast.Module([node.args, *node.body], []))  # type: ignore[list-item]
    return definition.code


@lru_cache(maxsize=64)
def _source(path: Path, _modified: int) -> tuple[str, ast.Module]:
    text = path.read_text(encoding="utf-8")
    return text, ast.parse(text)


def _definitions(path: Path) -> dict[str, _Definition]:
    text, module = _source(path, path.stat().st_mtime_ns)
    lines = text.splitlines()
    found: dict[str, _Definition] = {}
    for node in module.body:
        code = "\n".join(lines[node.lineno - 1 : node.end_lineno])
        loaded = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
        definition = _Definition(path, node, code, frozenset(loaded))
        for name in _bound(node):
            found[name] = definition
    return found


def _bound(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Import | ast.ImportFrom):
        for alias in node.names:
            yield alias.asname or alias.name.partition(".")[0]
    elif isinstance(node, ast.Assign | ast.AnnAssign | ast.Try | ast.If):
        for inner in ast.walk(node):
            if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
                yield inner.id
            elif isinstance(inner, ast.ImportFrom):
                for alias in inner.names:
                    yield alias.asname or alias.name
