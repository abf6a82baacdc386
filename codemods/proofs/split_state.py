"""State of a module that is split in two: changed by code on one side of the move, and used on the
other. Each Lambda function then has its own, and neither sees the other's changes.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import libcst as cst

from codemods.syntax.changes import only_fills, writes
from codemods.syntax.source import SourceFile, Statement


@dataclass(frozen=True)
class SplitState:
    """A name of the old module, the functions that change it, and those on the other side."""

    path: str
    line: int
    name: str
    changed_by: tuple[str, ...]
    used_by: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"{self.path}:{self.line}: {self.name} is changed by {' and '.join(self.changed_by)}, "
            f"and {' and '.join(self.used_by)} on the other side of the move has its own now"
        )


def split_state(before: SourceFile, gone: Collection[str]) -> list[SplitState]:
    """What the functions that went (moved or carried, by name) share with those that stay.

    A lazy handle, which is only ever filled where it is found empty, is each side's own by nature.
    """
    found = []
    functions = [s for s in before.statements if isinstance(s.node, cst.FunctionDef | cst.ClassDef)]
    for name, statements in before.bound.items():
        if not any(b.name == name and b.kind == "assign" for s in statements for b in s.bindings):
            continue
        changers = [s for s in functions if writes(s, name) and not only_fills(s, name)]
        for went in (True, False):
            here = [_name(s) for s in changers if (_name(s) in gone) is went]
            others = (s for s in functions if here and (_name(s) in gone) is not went)
            there = [_name(s) for s in others if s.refers_to(name)]
            if there:
                line = before.line(statements[0].code)
                found.append(SplitState(before.relative, line, name, tuple(here), tuple(there)))
                break
    return found


def _name(statement: Statement) -> str:
    return statement.bindings[0].name
