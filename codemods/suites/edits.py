"""The edits that take a test to the module where the function now lives, token by token."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from codemods import imports
from codemods.edits import Edit
from codemods.suites.fates import Fates
from codemods.suites.held_modules import Modules
from codemods.suites.model import PATCH, Bound, Suite, Unit, Use

Key = tuple[str, int, int, str]


def key_of(bound: Bound) -> Key:
    """What makes two uses depend on one place that obtains the module."""
    return bound.file, *bound.span, bound.attribute


def new_name(use: Use, key: str, fates: Fates, patched: frozenset[str]) -> str | None:
    if not use.name:
        return ""
    replaced = use.kind == PATCH or use.name in patched
    return fates.patched(use.name, key) if replaced else fates.called(use.name, key)


def hindrance(
    use: Use, key: str, fates: Fates, patched: frozenset[str], suite: Suite, modules: Modules
) -> str | None:
    """Why this use cannot be taken to the new home, if so."""
    path = fates.path_of(key)
    if new_name(use, key, fates, patched) is None:
        return f"it names {use.name}, which did not go to {path}"
    if use.held.folder is not None:
        folder = PurePosixPath(path).parent.as_posix()
        if PurePosixPath(path).stem != PurePosixPath(use.held.path).stem:
            return f"its path leads to {use.held.folder.path}, and {path} has another name"
        if use.held.folder.swapped(folder) is None:
            return f"its path cannot be led to {folder}"
        beside = modules.others_in(use.held.folder.path) - {PurePosixPath(path).stem}
        others = sorted(beside & suite.imported)
        return f"it imports {others[0]} from that folder too" if others else None
    dotted = use.held.sibling(path)
    if dotted is None:
        return f"the name by which it can import {path} cannot be told"
    bound = use.bound
    if bound is not None and bound.kind in ("import", "from") and not _own_line(suite, bound):
        return "its import does not stand on a line of its own"
    if bound is not None and bound.kind == "import" and _local(suite, bound, dotted, path) is None:
        return f"the name {dotted.rpartition('.')[2]} is taken in this file"
    return None


def _own_line(suite: Suite, bound: Bound) -> bool:
    text = suite.source.text
    start, end = bound.statement
    before = text[text.rfind("\n", 0, start) + 1 : start]
    # Names can be taken out of an import at the top level only: others are not parsed apart.
    return (
        not before.strip(" \t\ufeff") and ";" not in text[start:end] and (not before or bound.sole)
    )


def _local(suite: Suite, bound: Bound, dotted: str, path: str) -> str | None:
    """The name that a further import gives the new home's module."""
    for other in suite.bound.values():
        if other.held.path == path and other.kind == "import" and not other.attribute:
            return other.name
    package, _, leaf = dotted.rpartition(".")
    if bound.module == (0, 0):
        first = dotted.partition(".")[0]
        free = first not in suite.names or first == bound.held.dotted.partition(".")[0]
        return dotted if free else None
    names = [leaf, f"{package.replace('.', '_')}_{leaf}"]
    return next((name for name in names if name not in suite.names), None)


def edits_of_use(use: Use, name: str, dotted: str, local: str) -> Iterable[Edit]:
    """`local` is the expression for the module where the test has it in a name."""
    if use.name_span is not None and name != use.name:
        yield Edit(*use.name_span, name)
    if use.module is None or use.held.folder is not None:
        return
    if use.bound is None or (use.bound.kind == "import" and not use.bound.fixture):
        yield Edit(*use.module, dotted if use.bound is None else local)


class Imports:
    """Decides, for each place that obtains the old module, what it becomes: `local` names the
    module in the test's body afterwards.
    """

    def __init__(self, suites: dict[str, Suite], fates: Fates) -> None:
        self._suites, self._fates = suites, fates
        self.edits: dict[str, set[Edit]] = {}
        self._froms: dict[tuple[str, int, int], dict[str, tuple[Bound, str, str]]] = {}

    def _add(self, file: str, start: int, end: int, text: str) -> None:
        self.edits.setdefault(file, set()).add(Edit(start, end, text))

    def local(self, bound: Bound, key: str, unanimous: bool) -> str:
        """Edit what imports the module, or import the other one beside it."""
        suite, path = self._suites[bound.file], self._fates.path_of(key)
        dotted = bound.held.sibling(path)
        assert dotted is not None
        package, _, leaf = dotted.rpartition(".")
        renamed = suite.source.text[slice(*bound.span)].rpartition(" as ")[1] != ""
        if bound.kind == "call":
            self._add(bound.file, *bound.span, dotted)
            return bound.name
        existing = [
            o
            for o in suite.bound.values()
            if o.held.path == path and o.kind == "import" and not o.attribute
        ]
        # `import a.b` binds a, which may serve other modules too.
        whole = bound.module != (0, 0) or renamed or "." not in bound.held.dotted
        if unanimous and not existing and whole:
            if bound.module == (0, 0):
                self._add(
                    bound.file, *bound.span, f"{dotted} as {bound.name}" if renamed else dotted
                )
                return bound.name if renamed else dotted
            if bound.sole and package:
                self._add(bound.file, *bound.module, package)
                asname = "" if leaf == bound.name else f" as {bound.name}"
                self._add(bound.file, *bound.span, leaf + asname)
                return bound.name
        local = _local(suite, bound, dotted, path)
        assert local is not None
        if not existing:
            line = f"import {dotted}"
            if bound.module != (0, 0) and package:
                line = f"from {package} import {leaf}" + (f" as {local}" if local != leaf else "")
            self._after(suite, bound, line)
        return local

    def _after(self, suite: Suite, bound: Bound, line: str) -> None:
        text = suite.source.text
        start, end = bound.statement
        indent = text[text.rfind("\n", 0, start) + 1 : start]
        place = text.find("\n", end)
        newline = suite.source.newline
        if place < 0:
            self._add(bound.file, len(text), len(text), f"{newline}{indent}{line}")
        else:
            self._add(bound.file, place + 1, place + 1, f"{indent}{line}{newline}")

    def attribute(self, bound: Bound, key: str, name: str) -> None:
        """A name imported from the old module comes from the new one, under the same local name."""
        if bound.held.folder is not None:
            if name != bound.attribute:
                self._add(bound.file, *bound.span, _alias(name, bound.name))
            return
        dotted = bound.held.sibling(self._fates.path_of(key))
        assert dotted is not None
        self._froms.setdefault((bound.file, *bound.statement), {})[bound.name] = (
            bound,
            dotted,
            name,
        )

    def finish(self) -> None:
        """The from-imports, now that it is known which of their names go where."""
        for (file, start, end), found in self._froms.items():
            suite = self._suites[file]
            pairs = [*suite.bound.items(), *(p for u in suite.units for p in u.locals.items())]
            there = {
                name
                for name, other in pairs
                if other is not None and other.statement == (start, end) and other.file == file
            }
            modules = {dotted for _, dotted, _ in found.values()}
            if there == found.keys() and len(modules) == 1:
                for one, dotted, name in found.values():
                    self._add(file, *one.module, dotted)
                    self._add(file, *one.span, _alias(name, one.name))
                continue
            statement = next(s for s in suite.source.statements if s.code == start)
            lines = sorted(
                f"from {dotted} import {_alias(name, one.name)}"
                for one, dotted, name in found.values()
            )
            kept = "" if there == found.keys() else imports.without(statement, frozenset(found))
            text = "".join(f"{line}{suite.source.newline}" for line in lines)
            self._add(file, statement.code, statement.end, kept + text)


def _alias(name: str, local: str) -> str:
    return name if name == local else f"{name} as {local}"


def folder_edits(units: Iterable[Unit], path: str, folder: str) -> dict[str, set[Edit]]:
    """Lead the paths that these units' modules come from to another folder."""
    found: dict[str, set[Edit]] = {}
    for unit in units:
        for use in unit.uses:
            if use.held.folder is not None and use.held.path == path:
                for start, end, text in use.held.folder.swapped(folder) or []:
                    found.setdefault(use.held.folder.file, set()).add(Edit(start, end, text))
    return found
