"""The services that moved code uses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from codemods.proofs.importable import importable
from codemods.proofs.service import Uses, clients_that_cannot_be_told, services_of
from codemods.scene import Scene
from codemods.syntax.module_names import Module
from codemods.syntax.source import Statement


@dataclass(frozen=True)
class Used:
    """Services by boto3's names; `untold` are places that make a client of a computed one."""

    services: tuple[str, ...]
    untold: tuple[str, ...]


def used_by(scene: Scene, home: str, statements: Iterable[Statement]) -> Used:
    """What statements of a source use, themselves or through modules of the tree."""
    path = scene.migration.functions[home].path
    file = scene.files[path]
    names = {binding.name for s in statements for binding in s.bindings}
    shared = importable(scene.root, scene.migration, path)
    texts = {**dict(shared.values()), path: file.text}
    paths = {name: where for name, (where, _) in shared.items()}
    modules = {p: m for p, text in texts.items() if (m := Module.read(p, text)) is not None}
    services = [
        service
        for service in services_of(modules.values())
        if any(use.function in names for use in Uses(service, texts, paths).of(path))
    ]
    lines = clients_that_cannot_be_told(modules[path]) if path in modules else []
    spans = [
        (file.line(s.code), file.line(s.end))
        for name in sorted(names & file.bound.keys())
        for s in file.bound[name]
    ]
    untold = [line for line in lines if any(begin <= line < end for begin, end in spans)]
    return Used(tuple(services), tuple(f"{path}:{line}" for line in untold))
