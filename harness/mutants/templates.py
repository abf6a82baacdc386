"""Mutants of templates: what the move changed in them put back or left out, line by line, and names
that executions in flight rely on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from harness.aws.places import HERE
from harness.mutants.model import Edit, Mutant
from harness.sides import Sides

WRONG = {
    "inner limit above the outer": "a function may take longer than who waits for it",
    "variable missing": "a function is not told what it needs to know",
    "permission missing": "a function may not do what it does",
    "another owner's ARN": "a variable names another function",
    "action renamed in flight": "executions in flight ask for a name that the old code lacks",
    "place written out": "what is right in one region, account and partition is so in no other",
}
"""The operators, and what is wrong."""

_HERE = {"AWS::Region": HERE.region, "AWS::AccountId": HERE.account, "AWS::Partition": "aws"}
_SUFFIXES = (".yaml", ".yml", ".json", ".template")


def of_templates(sides: Sides) -> Iterator[Mutant]:
    """Every mutant of the refactored tree's templates, by file and line."""
    for path in sorted(sides.refactored.root.rglob("*")):
        if path.suffix not in _SUFFIXES or not path.is_file():
            continue
        relative = path.relative_to(sides.refactored.root).as_posix()
        other = sides.legacy.root / relative
        text = path.read_text(encoding="utf-8")
        before = other.read_text(encoding="utf-8") if other.is_file() else ""
        lines, old = text.splitlines(keepends=True), before.splitlines(keepends=True)
        if before and text != before:
            yield from _hunks(relative, lines, old)
            yield from _owners(relative, lines, old)
            yield from _written_out(relative, lines, old)
        yield from _actions(sides, relative, lines)


def _hunks(path: str, new: Sequence[str], old: Sequence[str]) -> Iterator[Mutant]:
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        added = new[k:m]
        if tag == "insert":
            for line in range(k, m):
                yield _mutant(_kind(added), path, new, (line, line + 1), "")
        else:
            yield _mutant(_kind(added), path, new, (k, m), "".join(old[i:j]))


def _kind(lines: Sequence[str]) -> str:
    text = "".join(lines)
    if "Timeout" in text:
        return "inner limit above the outer"
    return "permission missing" if "Resource" in text or "Action" in text else "variable missing"


def _owners(path: str, new: Sequence[str], old: Sequence[str]) -> Iterator[Mutant]:
    """A new reference to one function becomes one to another that is referred to as well."""
    added = set(new) - set(old)
    told = [re.search(r"(!GetAtt |Fn::GetAtt: )(\w+)", line) for line in new]
    names = sorted({m[2] for line, m in zip(new, told, strict=True) if m and line in added})
    for number, (line, found) in enumerate(zip(new, told, strict=True)):
        if found and line in added:
            for name in names:
                if name != found[2]:
                    at, end = found.span(2)
                    swapped = line[:at] + name + line[end:]
                    yield _mutant("another owner's ARN", path, new, (number, number + 1), swapped)


def _written_out(path: str, new: Sequence[str], old: Sequence[str]) -> Iterator[Mutant]:
    """What a new line leaves open is said in it."""
    added = set(new) - set(old)
    for number, line in enumerate(new):
        for pseudo, value in _HERE.items() if line in added else ():
            if f"${{{pseudo}}}" in line:
                text = line.replace(f"${{{pseudo}}}", value)
                yield _mutant("place written out", path, new, (number, number + 1), text)


def _actions(sides: Sides, path: str, lines: Sequence[str]) -> Iterator[Mutant]:
    """The state machine asks for the new name of an action that was renamed."""
    renamed = {
        m.move.function: m.move.name
        for m in sides.refactored.moved.values()
        if m.move.name != m.move.function
    }
    for number, line in enumerate(lines):
        for old, new in renamed.items():
            if re.search(rf"\b{old}\b", line):
                text = re.sub(rf"\b{old}\b", new, line)
                yield _mutant("action renamed in flight", path, lines, (number, number + 1), text)


def _mutant(
    operator: str, path: str, lines: Sequence[str], span: tuple[int, int], text: str
) -> Mutant:
    start = sum(map(len, lines[: span[0]]))
    end = sum(map(len, lines[: span[1]]))
    before = "".join(lines[span[0] : span[1]]).strip("\n")
    edit = Edit(path, start, end, text)
    return Mutant("move", operator, path, "", (), (0, 0), before, text.strip("\n"), (edit,))
