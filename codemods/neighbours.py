"""Other files of a tree: modules that moved code imports, and code that imports from a handler."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path, PurePosixPath

import libcst as cst

from codemods import imports
from codemods.resolve import Resolved
from codemods.syntax.source import SourceFile, Statement
from codemods.tree_files import files_of
from codemods.tree_modules import Imported, TreeModules, content_of, imports_at_run
from drs_refactor.errors import InputError
from drs_refactor.model import Migration

EVERY = "*"
"""The name that stands for all of a module's: somebody takes it as a whole."""


def check_imports(
    modules: TreeModules,
    source: SourceFile,
    target: SourceFile,
    moved: list[Statement],
    resolved: Resolved,
) -> None:
    """Refuse what imports something else, or nothing, where it moves to."""
    for place, found in _imports_of(source, moved, resolved):
        for module in found.parts():
            here = modules.file_of(source.relative, module)
            there = modules.file_of(target.relative, module)
            if here == there and here != target.relative:
                continue
            if there != target.relative and modules.same(module, source.relative, target.relative):
                continue
            what, mend = _told(module, here, there, target.relative)
            raise InputError(what, path=source.relative, line=source.line(place), mend=mend)


def _told(module: str, here: str | None, there: str | None, target: str) -> tuple[str, str]:
    if there == target:
        return (
            f"{module} is imported by code that moves, and is where it moves to",
            "Move what is needed of it to a module that both import",
        )
    if there is None:
        mend = (
            "Import it by its full name, or put it into a layer"
            if module.startswith(".")
            else "Put it into a layer of both, or beside that file too"
        )
        return f"{module} is {here}, which {target} cannot import", mend
    return (
        f"{module} is {here or 'from outside of the tree'}, and would be {there} in {target}",
        "Make both the same, or rename one of them",
    )


def _imports_of(
    source: SourceFile, moved: list[Statement], resolved: Resolved
) -> Iterator[tuple[int, Imported]]:
    shared = {s.index: s for name in resolved.shared for s in source.bound.get(name, ())}
    for statement in [*moved, *resolved.carried, *shared.values()]:
        if not imports.is_plain_import(statement):
            for found in imports_at_run(statement.node):
                yield statement.code, found
    lines = [
        line
        for statement in shared.values()
        if imports.is_plain_import(statement)
        for binding in statement.bindings
        if binding.name in resolved.shared
        for line in imports.imports_of(statement, binding.name)
    ]
    for line in [*resolved.imports, *lines]:
        name, _ = imports.bound_by(line)
        place = source.bound[name][0].code if name in source.bound else 0
        for found in imports_at_run(cst.parse_statement(line)):
            yield place, found


@dataclass
class Users:
    """Who uses a module's names by importing it, by name: paths and lines."""

    found: dict[str, list[tuple[str, int]]] = field(default_factory=dict)

    def of(self, name: str) -> list[tuple[str, int]]:
        return [*self.found.get(name, ()), *self.found.get(EVERY, ())]

    def among(self, names: Iterable[str]) -> frozenset[str]:
        return frozenset(name for name in names if self.of(name))


def users_of(root: Path, modules: TreeModules, relative: str) -> Users:
    """Who imports a module, itself included. Tests are no users: they follow what moves, or not."""
    users = Users()
    names = _imports_by_name(PurePosixPath(relative).stem)
    for path in files_of(root):
        if not path.endswith(".py") or _is_test(path):
            continue
        content = content_of(root / path)
        if not names.search(content.replace(b"\\\n", b" ")):
            continue
        tree = _parsed(content)
        for name, line in _uses(tree, modules, path, relative) if tree else ():
            users.found.setdefault(name, []).append((path, line))
    return users


@lru_cache(maxsize=8)
def _parsed(content: bytes) -> ast.Module | None:
    """None for what this Python cannot parse. Each handler is asked about in turn."""
    try:
        return ast.parse(content)
    except (SyntaxError, ValueError, RecursionError):
        return None


def _imports_by_name(module: str) -> re.Pattern[bytes]:
    """What finds every file that imports a module of that name, and few others: parsing is slow."""
    name = rb"\b" + re.escape(module).encode() + rb"\b"
    begins = rb"(?:^|[;:])[ \t]*(?:from|import)\b"
    return re.compile(begins + rb"[^\n#]*" + name + rb"|\bimport\s*\([^)]*" + name, re.MULTILINE)


def check_users(users: Users, renamed: Iterable[str], target: SourceFile, home: str) -> None:
    """Refuse to give an alias to what other files import by its name."""
    for name in sorted(renamed):
        for path, line in users.of(name):
            raise InputError(
                f"{name!r} of {target.relative} is used here, and would mean {home}'s",
                path=path,
                line=line,
                mend=f"Rename {name} in {home}, or in {target.relative}",
            )


def check_callers(users: Users, migration: Migration) -> None:
    """Refuse a moved function that another file calls which cannot invoke it, or need not."""
    entries = {function.path: key for key, function in migration.functions.items()}
    home = migration.functions[migration.moves[0].source].path
    for move in migration.moves:
        for path, line in users.of(move.function):
            if move.helper:
                what, mend = "and is a helper", "Give it an action instead of helper = true"
            elif path in entries and path != home:
                what, mend = f"by {entries[path]}", "Move it to a module that both import instead"
            else:
                continue
            raise InputError(
                f"{move.function} is imported here from {home}, {what}",
                path=path,
                line=line,
                mend=mend,
            )


def _is_test(path: str) -> bool:
    *folders, name = path.split("/")
    return (
        bool({"test", "tests"} & set(folders))
        or name.startswith(("test_", "conftest."))
        or name.endswith("_test.py")
    )


def _uses(
    tree: ast.AST, modules: TreeModules, path: str, relative: str
) -> Iterator[tuple[str, int]]:
    """The names of a module that a file takes, with their lines."""
    whole: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if modules.file_of(path, alias.name) == relative:
                    whole.add(alias.asname or alias.name)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            if module.strip(".") and modules.file_of(path, module) == relative:
                yield from ((alias.name, node.lineno) for alias in node.names)
                continue
            for alias in node.names:
                part = Imported(module, (alias.name,)).parts()[-1]
                if modules.file_of(path, part) == relative:
                    whole.add(alias.asname or alias.name)
    if whole:
        yield from _attributes(tree, whole)


def _attributes(tree: ast.AST, whole: set[str]) -> Iterator[tuple[str, int]]:
    """What is taken of modules by attribute; all of one that is used in any other way."""
    bases: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) in whole:
            bases |= {id(inner) for inner in ast.walk(node.value)}
            yield node.attr, node.lineno
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Name | ast.Attribute)
            and id(node) not in bases
            and ast.unparse(node) in whole
        ):
            yield EVERY, node.lineno
