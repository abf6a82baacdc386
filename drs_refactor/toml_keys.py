"""Tables of a TOML file whose mistakes are told with the line of the key."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drs_refactor.errors import InputError

Place = tuple[str | int, ...]
_NAMES = {
    str: "a string",
    int: "a whole number",
    list: "an array",
    dict: "a table",
    bool: "a boolean",
}
_HEADER = re.compile(r"\s*(\[\[?)([^\[\]]+)\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")


def lines_of(text: str) -> dict[Place, int]:
    """The line of every table and key that stands at the start of one, by its path."""
    found: dict[Place, int] = {}
    counts: dict[Place, int] = {}
    table: Place = ()
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            table = ()
            parts = _parts(header[2])
            for depth, part in enumerate(parts, 1):
                table = (*table, part)
                if table in counts and (depth < len(parts) or header[1] == "["):
                    table = (*table, counts[table] - 1)
            if header[1] == "[[":
                counts[table] = counts.get(table, 0) + 1
                found.setdefault(table, number)
                table = (*table, counts[table] - 1)
            found.setdefault(table, number)
            for length in range(1, len(table)):
                found.setdefault(table[:length], number)
        elif key := _KEY.match(line):
            place = (*table, *_parts(key[1]))
            for length in range(len(table) + 1, len(place) + 1):
                found.setdefault(place[:length], number)
    return found


def _parts(dotted: str) -> Place:
    try:
        node: Any = tomllib.loads(f"{dotted} = 0")
    except tomllib.TOMLDecodeError:
        return (dotted,)
    parts: Place = ()
    while isinstance(node, dict):
        key = next(iter(node))
        parts, node = (*parts, key), node[key]
    return parts


@dataclass(frozen=True)
class Keys:
    """One table: `place` is its path in the file, `name` what a reader calls it."""

    path: Path
    lines: Mapping[Place, int]
    table: Mapping[str, Any]
    place: Place
    name: str

    @property
    def line(self) -> int:
        return self._line(self.place)

    def _line(self, place: Place) -> int:
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def fail(self, what: str, *keys: str | int, mend: str = "") -> InputError:
        return InputError(what, path=self.path, line=self._line((*self.place, *keys)), mend=mend)

    def allow(self, *keys: str) -> None:
        for key in self.table:
            if key not in keys:
                known = ", ".join(sorted(keys))
                raise self.fail(
                    f"unknown key {key!r} in {self.name}", key, mend=f"Known keys: {known}"
                )

    def get(self, key: str, kind: type, default: Any = None) -> Any:
        if key not in self.table:
            if default is None:
                raise self.fail(f"{self.name} has no {key!r}", mend=f"Add {key} = …")
            return default
        value = self.table[key]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise self.fail(f"{key!r} must be {_NAMES[kind]}", key)
        return value

    def strings(self, key: str) -> tuple[str, ...]:
        values = self.get(key, list, [])
        if not all(isinstance(value, str) for value in values):
            raise self.fail(f"{key!r} must be an array of strings", key)
        return tuple(values)

    def inside(self, key: str, paths: tuple[str, ...]) -> tuple[str, ...]:
        """Paths or globs, if they stay within the tree."""
        for path in paths:
            if not path.strip() or Path(path).is_absolute() or ".." in Path(path).parts:
                raise self.fail(
                    f"{key!r} leaves the tree", key, mend="Write it relative to the tree"
                )
        return paths

    def texts(self, key: str) -> dict[str, str]:
        values = self.get(key, dict, {})
        for name, value in values.items():
            if not isinstance(value, str | int):
                raise self.fail(f"the values of {key!r} must be strings", key, name)
        return {name: str(value) for name, value in values.items()}

    def table_of(self, key: str, name: str, default: Any = None) -> Keys:
        value = self.get(key, dict, default)
        return Keys(self.path, self.lines, value, (*self.place, key), name)

    def tables(self, key: str, default: Any = None) -> list[Keys]:
        """An array of tables, one Keys each."""
        name = f"[[{key}]]"
        found = []
        for number, value in enumerate(self.get(key, list, default)):
            if not isinstance(value, dict):
                raise self.fail(f"{key!r} must be an array of tables", key, mend=f"Write {name}")
            found.append(Keys(self.path, self.lines, value, (*self.place, key, number), name))
        return found


def read(path: Path, name: str, mend: str) -> Keys:
    """The top table of a file that readers call `name`; `mend` is told where there is none.

    Raises InputError for what cannot be read, or is not TOML.
    """
    text = ""
    try:
        text = path.read_text(encoding="utf-8")
        table = tomllib.loads(text)
    except FileNotFoundError:
        raise InputError("there is no such file", path=path, mend=mend) from None
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        line = int(found[1]) if found else len(text.splitlines())
        raise InputError(f"this is not valid TOML: {error}", path=path, line=line) from error
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", path=path) from error
    except UnicodeDecodeError as error:
        raise InputError("cannot be read: it is not UTF-8", path=path) from error
    return Keys(path, lines_of(text), table, (), name)
