"""What the names of a Python file stand for, as far as its text tells: imports, constants, calls.

Read with `ast`, which needs no more than names; nothing is edited from here.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

CLIENT_MAKERS = ("client", "resource")
_BOTO3 = [("boto3", name) for name in CLIENT_MAKERS]


@dataclass
class Module:
    """A file of the tree, as far as its names tell: `names` maps what it imports to (module, name),
    name "" for the module itself; `constants` are names of texts, `assigned` all that a name is
    given anywhere in the file.
    """

    path: str
    tree: ast.Module
    names: dict[str, tuple[str, str]] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    assigned: dict[str, list[ast.expr]] = field(default_factory=dict)

    @staticmethod
    def read(path: str, text: str) -> Module | None:
        """None for a file that this Python cannot parse."""
        try:
            module = Module(path, ast.parse(text))
        except (SyntaxError, ValueError, RecursionError):
            return None
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    found = (node.module or "", alias.name)
                    module.names.setdefault(alias.asname or alias.name, found)
            elif isinstance(node, ast.Import):
                for alias in node.names:
                    name = alias.asname or alias.name.partition(".")[0]
                    module.names.setdefault(name, (alias.name if alias.asname else name, ""))
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                name, value = node.targets[0].id, node.value
                module.assigned.setdefault(name, []).append(value)
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    module.constants[name] = value.value
                elif isinstance(value, ast.Attribute) and value.attr in CLIENT_MAKERS:
                    module.names.setdefault(name, ("boto3", value.attr))
        return module

    def statements(self) -> Iterator[tuple[tuple[str, ...], ast.stmt]]:
        """Top-level statements with the names that they define, those inside `if` and `try` too."""
        queue = list(self.tree.body)
        while queue:
            node = queue.pop(0)
            inner = [
                child
                for part in ("body", "handlers", "orelse", "finalbody")
                for child in getattr(node, part, [])
            ]
            if isinstance(node, ast.If | ast.Try | ast.With):
                queue = [
                    statement
                    for child in inner
                    for statement in (
                        child.body if isinstance(child, ast.ExceptHandler) else [child]
                    )
                ] + queue
                continue
            yield tuple(_defined(node)), node


def _defined(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            yield from (n.id for n in ast.walk(target) if isinstance(n, ast.Name))


def client_service(module: Module, call: ast.Call) -> ast.expr | None:
    """The service that a call of boto3's `client` or `resource`, by any route, is given."""
    if isinstance(call.func, ast.Name):
        if module.names.get(call.func.id) not in _BOTO3:
            return None
    elif called(call) not in CLIENT_MAKERS:
        return None
    by_name = (k.value for k in call.keywords if k.arg == "service_name")
    return next(by_name, call.args[0] if call.args else None)


def called(call: ast.Call) -> str:
    """The last name of what is called; `getattr(x, "client")(…)` is told too."""
    func = call.func
    if isinstance(func, ast.Attribute):
        return func.attr
    if isinstance(func, ast.Name):
        return func.id
    if isinstance(func, ast.Call) and called(func) == "getattr" and len(func.args) > 1:
        name = func.args[1]
        if isinstance(name, ast.Constant) and isinstance(name.value, str):
            return name.value
    return ""


def text_of(module: Module, node: ast.expr) -> str | None:
    """A text that is written there, in parts or as a constant of the module."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.Name):
        return module.constants.get(node.id)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        parts = [text_of(module, node.left), text_of(module, node.right)]
        return None if None in parts else "".join(part or "" for part in parts)
    if isinstance(node, ast.JoinedStr):
        pieces = [
            text_of(module, value.value if isinstance(value, ast.FormattedValue) else value)
            for value in node.values
        ]
        return None if None in pieces else "".join(piece or "" for piece in pieces)
    return None
