"""Decorators of a function that is to be invoked: they go with it, and its stub has none.

So its callers must call it as its `def` says. That can be seen of a decorator that is defined in
the same file and passes on what it is given.
"""

from __future__ import annotations

import libcst as cst

from codemods.syntax.source import SourceFile, Statement
from drs_refactor.errors import InputError


def check_decorators(file: SourceFile, statement: Statement) -> None:
    """Refuse a function whose decorators may change how it is called, or what it is."""
    node = statement.node
    assert isinstance(node, cst.FunctionDef)
    for decorator in node.decorators:
        name = _name_of(decorator)
        definitions = file.bound.get(name, [])
        defined = definitions[0].node if len(definitions) == 1 else None
        if not isinstance(defined, cst.FunctionDef) or not _passes_on(defined, node):
            raise InputError(
                f"{node.name.value} has a decorator, {name or 'an expression'}, which may change "
                "how it is called: its stub cannot keep that",
                path=file.relative,
                line=file.line(statement.place_of(decorator)[0]),
                mend="Move a plain function that it decorates, or define the decorator in this "
                "file as a function that passes (*args, **kwargs) on",
            )


def _name_of(decorator: cst.Decorator) -> str:
    node = decorator.decorator
    if isinstance(node, cst.Call):
        node = node.func
    return node.value if isinstance(node, cst.Name) else ""


def _passes_on(decorator: cst.FunctionDef, decorated: cst.FunctionDef) -> bool:
    """True if it returns a function of (*args, **kwargs), or of the same plain parameters, that
    calls the decorated one with them.
    """
    finder = _Wrappers(_plain(decorated.params))
    decorator.visit(finder)
    return finder.found > 0 and not finder.others


def _plain(params: cst.Parameters) -> list[str]:
    """The names of parameters that have no default and are given by position; none for others."""
    others = [*params.kwonly_params, *params.posonly_params, params.star_kwarg]
    if any(others) or isinstance(params.star_arg, cst.Param):
        return []
    if any(param.default is not None for param in params.params):
        return []
    return [param.name.value for param in params.params]


class _Wrappers(cst.CSTVisitor):
    def __init__(self, parameters: list[str]) -> None:
        super().__init__()
        self._parameters = parameters
        self.found = 0
        self.others = False
        self._functions: list[cst.FunctionDef] = []

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        self._functions.append(node)

    def leave_FunctionDef(self, original_node: cst.FunctionDef) -> None:
        self._functions.pop()

    def visit_Call(self, node: cst.Call) -> None:
        outer = {p.name.value for f in self._functions[:-1] for p in f.params.params}
        if not isinstance(node.func, cst.Name) or node.func.value not in outer:
            return
        inner = self._functions[-1].params
        given = [arg.value.value if isinstance(arg.value, cst.Name) else "" for arg in node.args]
        same = given == self._parameters == _plain(inner) != []
        if (same and not any(arg.star or arg.keyword for arg in node.args)) or (
            isinstance(inner.star_arg, cst.Param)
            and inner.star_kwarg is not None
            and not [*inner.posonly_params, *inner.params, *inner.kwonly_params]
            and [arg.star for arg in node.args] == ["*", "**"]
            and given == [inner.star_arg.name.value, inner.star_kwarg.name.value]
        ):
            self.found += 1
        else:
            self.others = True
