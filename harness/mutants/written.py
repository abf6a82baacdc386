"""Mutants that somebody wrote: a YAML file of edits to the refactored tree.

    - wrong: the wave's number is one too high
      file: lambda/query-handler/index.py
      old: "next_wave_number = wave_number + 1"
      new: "next_wave_number = wave_number + 2"

`old` must stand in the file once. Several edits go under `edits`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from drs_refactor.errors import InputError
from drs_refactor.yaml_errors import told_as_input
from harness.mutants.bodies import body
from harness.mutants.model import Edit, Mutant

_SMALL = ast.Assign | ast.AnnAssign | ast.Expr | ast.Return | ast.Raise | ast.ImportFrom
_KEYS = {"wrong", "file", "old", "new", "edits"}


def written(path: Path, root: Path) -> Iterator[Mutant]:
    """The mutants of a file, for the tree at `root`. Raises InputError for what does not fit it."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", path=path) from error
    with told_as_input(text, path):
        entries = yaml.safe_load(text)
    if not isinstance(entries, list) or not entries:
        raise InputError("this is no list of mutants", path=path, mend="Begin each with '- wrong:'")
    for number, entry in enumerate(entries, 1):
        yield _mutant(path, root, number, entry)


def _mutant(path: Path, root: Path, number: int, entry: Any) -> Mutant:
    def fail(what: str, mend: str = "") -> InputError:
        return InputError(f"mutant {number}: {what}", path=path, mend=mend)

    if not isinstance(entry, dict) or not {"wrong", "file"} <= entry.keys() <= _KEYS:
        raise fail("it needs wrong, file, old and new, or edits", "See the head of written.py")
    file = root / str(entry["file"])
    if not file.is_file() or not file.resolve().is_relative_to(root.resolve()):
        raise fail(f"the refactored tree has no file {entry['file']!r}")
    text = file.read_text(encoding="utf-8")
    changes = entry.get("edits") or [entry]
    edits = []
    for change in changes:
        old, new = _texts(change)
        if not old or text.count(old) != 1:
            count = text.count(old) if old else 0
            raise fail(f"{old[:60]!r} stands {count} times in {entry['file']}", "Quote more of it")
        start = text.index(old)
        edits.append(Edit(str(entry["file"]), start, start + len(old), new))
    is_code = file.suffix == ".py"
    lines = sorted({line for edit in edits for line in _lines(text, edit, is_code=is_code)})
    return Mutant(
        "written",
        str(entry["wrong"]),
        str(entry["file"]),
        "",
        tuple(lines) if is_code else (),
        body(text, lines[0], lines[-1]) if is_code else (lines[0], lines[-1]),
        "\n".join(text[edit.start : edit.end] for edit in edits),
        "\n".join(edit.text for edit in edits),
        tuple(edits),
    )


def _texts(change: Mapping[str, Any]) -> tuple[str, str]:
    return str(change.get("old", "")), str(change.get("new", ""))


def _lines(text: str, edit: Edit, *, is_code: bool) -> range:
    """The lines of which one must run: those of the edit, and of a statement that it is within."""
    first = text.count("\n", 0, edit.start) + 1
    last = text.count("\n", 0, max(edit.start, edit.end - 1)) + 1
    for span in _statements(text) if is_code else ():
        if span.start <= first and last < span.stop:
            return span
    return range(first, last + 1)


@lru_cache(maxsize=8)
def _statements(text: str) -> tuple[range, ...]:
    """The lines of each statement that has no others in it."""
    return tuple(
        range(node.lineno, (node.end_lineno or node.lineno) + 1)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, _SMALL)
    )
