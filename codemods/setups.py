"""What fills or configures a module's name at import, beside the statements that bind it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import libcst as cst

from codemods.syntax.changes import writes
from codemods.syntax.meaning import configures, hands_over, sets_up
from codemods.syntax.names import BUILTINS, dotted
from codemods.syntax.source import SourceFile, Statement
from drs_refactor.errors import InputError

_CHANGING_BUILTINS = frozenset({"setattr", "delattr"})


def set_up_by(file: SourceFile, name: str) -> list[Statement]:
    """The statements that do, in order."""
    binders = {statement.index for statement in file.bound[name]}
    if is_imported(file, name):
        return [s for s in file.statements if s.index not in binders and configures(s, name)]
    names = {name, *_aliases(file, name)}
    return [
        statement
        for statement in file.statements
        if statement.index not in binders and any(_fills(file, statement, each) for each in names)
    ]


def is_imported(file: SourceFile, name: str) -> bool:
    """True if nothing but imports binds the name."""
    return all(binding.kind == "import" for s in file.bound[name] for binding in s.bindings)


def _fills(file: SourceFile, statement: Statement, name: str) -> bool:
    if sets_up(statement, name):
        return True
    given = hands_over(statement, name)
    if given and (given not in BUILTINS or given in _CHANGING_BUILTINS):
        return True
    called = _called(statement)
    function = file.function(called) if called else None
    return function is not None and writes(function, name)


def _called(statement: Statement) -> str:
    """The function of a bare call: `fill()` gives "fill"."""
    node = statement.node
    for small in node.body if isinstance(node, cst.SimpleStatementLine) else ():
        if isinstance(small, cst.Expr) and isinstance(small.value, cst.Call):
            return dotted(small.value.func)
    return ""


def _aliases(file: SourceFile, name: str) -> Iterator[str]:
    """Other names of the same object: `T = TABLE`."""
    for statement in file.statements:
        node = statement.node
        if name not in statement.words or not isinstance(node, cst.SimpleStatementLine):
            continue
        for small in node.body:
            if isinstance(small, cst.Assign) and dotted(small.value) == name:
                yield from (dotted(t.target) for t in small.targets if dotted(t.target))


def is_logger(file: SourceFile, name: str) -> bool:
    """True for what is of the process, not of the module: the levels that a Lambda sets are its."""
    return any("getLogger" in statement.words for statement in file.bound[name])


def check_registered(file: SourceFile, name: str, staying: Iterable[Statement]) -> None:
    """Refuse a name that definitions which stay fill: what moves would find it empty."""
    for statement in staying:
        for target in _applied_to(statement):
            function = file.bound[target][-1] if target in file.bound else None
            own_object = target.startswith(f"{name}.") and _is_own(file, name)
            if own_object or (function is not None and writes(function, name)):
                raise InputError(
                    f"{name} is filled by {target} when this is defined, and moved code uses it",
                    path=file.relative,
                    line=file.line(statement.code),
                    mend=f"Fill {name} where it is defined, or give what is needed as an argument",
                )


def _applied_to(statement: Statement) -> Iterator[str]:
    """What runs when a function or class is defined: its decorators, its base classes."""
    node = statement.node
    if isinstance(node, cst.FunctionDef | cst.ClassDef):
        for decorator in node.decorators:
            inner = decorator.decorator
            yield dotted(inner.func if isinstance(inner, cst.Call) else inner)
    if isinstance(node, cst.ClassDef):
        yield from (dotted(base.value) for base in node.bases)


def _is_own(file: SourceFile, name: str) -> bool:
    """True for a function or class of the file, and for an object of such a class."""
    if any(isinstance(s.node, cst.FunctionDef | cst.ClassDef) for s in file.bound[name]):
        return True
    used = {used for statement in file.bound[name] for used in statement.references}
    return any(isinstance(s.node, cst.ClassDef) for n in used for s in file.bound.get(n, ()))
