"""Where code uses an AWS service: clients made by any route, operations called on them, and what
reaches such a place through names of the tree.

Found statically, by name; operations are those of botocore's model of the service. A client whose
service is computed cannot be told: that is listed as well.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from codemods.syntax.module_names import CLIENT_MAKERS, Module, called, client_service, text_of
from drs_refactor.services import available_services, operations_of

_BY_TEXT = ("get_paginator", "get_waiter")
_READING = ("describe", "get", "list", "batch", "search", "query", "lookup", "head", "scan")


@dataclass(frozen=True)
class Use:
    """One place. `function` is the top-level name in whose statement it stands; `operation` is ""
    where a client is made; `via` is the module of the tree through which the service is reached.
    """

    path: str
    line: int
    function: str
    why: str
    operation: str = ""
    via: str = ""

    @property
    def reads_only(self) -> bool:
        return self.operation.startswith(_READING)

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.why}"


def services_of(modules: Iterable[Module]) -> list[str]:
    """The services that clients are made of in these files, by name."""
    told: set[str | None] = {
        text_of(module, given)
        for module in modules
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and (given := client_service(module, node)) is not None
    }
    return sorted(service for service in available_services() if service in told)


def clients_that_cannot_be_told(module: Module) -> list[int]:
    """The lines that make a client whose service is computed."""
    return [
        node.lineno
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and (given := client_service(module, node)) is not None
        and text_of(module, given) is None
    ]


class Uses:
    """The uses of a service in a tree. `texts` are its files by path, `modules` the path that a
    module's name stands for. Raises UnknownServiceError.
    """

    def __init__(self, service: str, texts: Mapping[str, str], modules: Mapping[str, str]) -> None:
        self._service, self._paths = service, modules
        found = ((path, Module.read(path, text)) for path, text in texts.items())
        self.modules = {path: module for path, module in found if module is not None}
        self._operations = operations_of(service)
        self._reach: dict[str, set[str]] = {}
        changed = True
        while changed:
            changed = False
            for path, module in self.modules.items():
                known = self._reach.setdefault(path, set())
                new = {
                    name
                    for names, node in module.statements()
                    if any(True for _ in self._in(module, names, node))
                    for name in names
                }
                if new - known:
                    known |= new
                    changed = True

    def of(self, path: str) -> list[Use]:
        """Every use in a file, callers within the file excepted: direct ones, and what is imported
        from elsewhere in the tree.
        """
        module = self.modules.get(path)
        if module is None:
            return []
        return [
            use
            for names, node in module.statements()
            for use in self._in(module, names, node)
            if use.via != path
        ]

    @property
    def makes_client(self) -> bool:
        """True if anything in the tree makes a client of the service."""
        return any(
            not use.operation and not use.via
            for module in self.modules.values()
            for names, node in module.statements()
            for use in self._in(module, names, node)
        )

    def _in(self, module: Module, names: tuple[str, ...], node: ast.stmt) -> Iterator[Use]:
        function = names[0] if names else ""
        for inner in ast.walk(node):
            line = getattr(inner, "lineno", 0)
            if isinstance(inner, ast.ImportFrom):
                for alias in inner.names:
                    where = self._paths.get(inner.module or "", "")
                    if alias.name in self._reach.get(where, ()):
                        why = f"imports {alias.name} ({where}), which calls {self._service}"
                        yield Use(module.path, line, function, why, via=where)
            if isinstance(inner, ast.Call):
                for why, operation in self._call(module, inner):
                    yield Use(module.path, line, function, why, operation)
            reached = self._reached(module, inner)
            if reached is not None and (reached[0] != module.path or reached[1] not in names):
                where, name = reached
                why = f"uses {name} ({where}), which calls {self._service}"
                yield Use(module.path, line, function, why, via=where)

    def _call(self, module: Module, call: ast.Call) -> Iterator[tuple[str, str]]:
        name = called(call)
        given = client_service(module, call)
        if given is not None:
            if text_of(module, given) == self._service:
                yield f"makes a client of {self._service}", ""
        elif name in _BY_TEXT and call.args:
            told = text_of(module, call.args[0])
            if told in self._operations:
                yield f"{name} of {told}, an operation of {self._service}", told
        elif name in self._operations and not isinstance(call.func, ast.Name):
            if not self._elsewhere(module, _receiver(call)):
                yield f"calls {name}, an operation of {self._service}", name
        elif self._service in _texts(module, call) and self._passes(module, call):
            yield f"asks {name} for a client of {self._service}", ""

    def _elsewhere(self, module: Module, receiver: ast.expr) -> bool:
        """True if this is a client of another service for certain: services share operations."""
        if isinstance(receiver, ast.Name):
            made = module.assigned.get(receiver.id, [])
        else:
            made = [receiver]
        told = [
            text_of(module, given)
            if isinstance(call, ast.Call) and (given := client_service(module, call)) is not None
            else None
            for call in made
        ]
        return bool(told) and None not in told and self._service not in told

    def _passes(self, module: Module, call: ast.Call) -> bool:
        """True if the function that is called makes a client of what it is given."""
        place = self._place(module, call.func)
        if place is None or place[0] not in self.modules:
            return False
        owner = self.modules[place[0]]
        for names, node in owner.statements():
            if place[1] in names and isinstance(node, ast.FunctionDef):
                own = {a.arg for a in (*node.args.args, *node.args.kwonlyargs)}
                for inner in ast.walk(node):
                    if isinstance(inner, ast.Call) and called(inner) in CLIENT_MAKERS:
                        given = [*inner.args, *(k.value for k in inner.keywords)]
                        if any(isinstance(a, ast.Name) and a.id in own for a in given):
                            return True
        return False

    def _reached(self, module: Module, node: ast.AST) -> tuple[str, str] | None:
        place = self._place(module, node)
        return place if place and place[1] in self._reach.get(place[0], ()) else None

    def _place(self, module: Module, node: ast.AST) -> tuple[str, str] | None:
        """The file and the top-level name that an expression stands for, if it can be told."""
        if isinstance(node, ast.Name):
            if node.id not in module.names:
                return module.path, node.id
            target, name = module.names[node.id]
            path = self._paths.get(target)
            return (path, name) if path is not None and name else None
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
            dotted = ast.unparse(node.value)
            first, _, rest = dotted.partition(".")
            if first in module.names:
                target, name = module.names[first]
                full = ".".join(part for part in (target, name, rest) if part)
                path = self._paths.get(full)
                return (path, node.attr) if path is not None else None
        return None


def _receiver(call: ast.Call) -> ast.expr:
    if isinstance(call.func, ast.Call):  # getattr(client, "operation")(…)
        return call.func.args[0]
    return call.func.value if isinstance(call.func, ast.Attribute) else call.func


def _texts(module: Module, call: ast.Call) -> list[str | None]:
    """The texts that a call is given."""
    return [text_of(module, a) for a in (*call.args, *(k.value for k in call.keywords))]
