"""Module namespaces of one Lambda function: every entry file is called index.py, and each function
gets its own copy of the shared layer, as it does in its own container.

Imports that the function's code folders answer are loaded here; all others are the process's own.
The few standard modules that would break determinism are given as private copies
(`private_modules`).
"""

from __future__ import annotations

import builtins
import importlib
import importlib.util
import sys
import types
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.aws.compiling import Sources
from harness.aws.notes import NOTE, OnRun, with_notes
from harness.aws.private_modules import copy_of


class ModuleSpace:
    """The modules of one function in one container: `load` gives the entry, imports follow."""

    def __init__(
        self,
        sources: Sources,
        private: Mapping[str, types.ModuleType],
        on_print: Callable[[str], None],
        on_run: OnRun | None = None,
        lacks: frozenset[str] = frozenset(),
    ) -> None:
        """`lacks` are modules, and names in modules, that are taken not to be there."""
        self._sources = sources
        self._lacks = lacks
        self._on_run = on_run
        self._modules: dict[str, types.ModuleType] = dict(private)
        self._modules["importlib"] = copy_of(importlib, import_module=self.import_module)
        self._builtins = dict(vars(builtins))
        self._builtins["__import__"] = self._import
        self._builtins["print"] = _printer(on_print)
        if on_run is not None:
            self._builtins[NOTE] = lambda path, name, line: on_run(Path(path), name, line)

    def load(self, path: Path, name: str) -> types.ModuleType:
        """Run the file as module `name` of this space."""
        return self._execute(name, path, is_package=path.name == "__init__.py")

    def _owns(self, name: str) -> bool:
        top = name.partition(".")[0]
        return name in self._modules or (
            top not in sys.stdlib_module_names and self._sources.find(top) is not None
        )

    def _find(self, name: str) -> tuple[Path, bool] | None:
        return None if name in self._lacks else self._sources.find(name)

    def _execute(self, name: str, path: Path, *, is_package: bool) -> types.ModuleType:
        module = types.ModuleType(name)
        module.__file__ = str(path)
        module.__package__ = name if is_package else name.rpartition(".")[0]
        if is_package:
            module.__path__ = [str(path if path.is_dir() else path.parent)]
        module.__dict__["__builtins__"] = self._builtins
        self._modules[name] = module
        if path.is_dir():
            return module
        try:
            exec(self._code(path), module.__dict__)
        except BaseException:
            del self._modules[name]
            raise
        for lacking in self._lacks:
            owner, _, attribute = lacking.rpartition(".")
            if owner == name:
                module.__dict__.pop(attribute, None)
        return module

    def _code(self, path: Path) -> types.CodeType:
        return self._sources.code(path) if self._on_run is None else with_notes(path)

    def _load(self, name: str) -> types.ModuleType:
        if name in self._modules:
            return self._modules[name]
        parent, _, leaf = name.rpartition(".")
        package = self._load(parent) if parent else None
        found = self._find(name)
        if found is None:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        module = self._execute(name, found[0], is_package=found[1])
        if package is not None:
            setattr(package, leaf, module)
        return module

    def import_module(self, name: str, package: str | None = None) -> types.ModuleType:
        """As `importlib.import_module`, for the function's own modules and all others."""
        absolute = importlib.util.resolve_name(name, package) if name.startswith(".") else name
        return self._load(absolute) if self._owns(absolute) else importlib.import_module(absolute)

    def _import(
        self,
        name: str,
        globals: Mapping[str, Any] | None = None,
        locals: Mapping[str, Any] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> types.ModuleType:
        if level:
            package = (globals or {}).get("__package__") or ""
            name = importlib.util.resolve_name("." * level + name, package)
        elif not self._owns(name):
            return builtins.__import__(name, globals, locals, fromlist or (), 0)
        module = self._load(name)
        if not fromlist:
            return module if level else self._load(name.partition(".")[0])
        for attribute in fromlist:
            if attribute != "*" and not hasattr(module, attribute) and hasattr(module, "__path__"):
                child = f"{name}.{attribute}"
                if self._find(child) is not None:
                    self._load(child)
        return module


def _printer(on_print: Callable[[str], None]) -> Callable[..., None]:
    def tree_print(*values: object, sep: str | None = " ", end: str = "\n", **_: object) -> None:
        on_print((sep if sep is not None else " ").join(map(str, values)))

    return tree_print
