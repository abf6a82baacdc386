"""Which file of the tree a test means by a module's name: told by the name alone, or by a folder
that the test spells.

A dotted name is certain if it fits one file of the tree and none beside the tests. Handlers called
`index` fit several: then the folder decides that a path spells, in `sys.path.insert`,
`spec_from_file_location` or a call of a loader. Two folders that fit leave it open.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath


@dataclass(frozen=True)
class Piece:
    """One folder's name, where a test file spells it."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Folder:
    """A folder of the tree, and where a test file spells it."""

    file: str
    path: str
    pieces: tuple[Piece, ...]

    def swapped(self, path: str) -> list[tuple[int, int, str]] | None:
        """What to write where, so that it spells another folder. None if it cannot be told."""
        old, new = PurePosixPath(self.path).parts, PurePosixPath(path).parts
        if len(old) != len(new):
            return None
        edits = []
        for back, (one, other) in enumerate(zip(reversed(old), reversed(new), strict=True), 1):
            if one == other:
                continue
            if back > len(self.pieces):
                return None
            piece = self.pieces[-back]
            edits.append((piece.start, piece.end, other))
        return edits


@dataclass(frozen=True)
class Held:
    """A module of the tree as a test holds it. Without `path` it is open which: see `why`."""

    path: str
    dotted: str
    folder: Folder | None = None
    why: str = ""

    def sibling(self, path: str) -> str | None:
        """The dotted name of another file under the same root. None if it can have none."""
        root = PurePosixPath(self.path).with_suffix("").parts[: -self.dotted.count(".") - 1]
        parts = PurePosixPath(path).with_suffix("").parts
        rest = parts[len(root) :]
        if self.folder is not None or parts[: len(root)] != root or not rest:
            return None
        return ".".join(rest) if all(part.isidentifier() for part in rest) else None


class Modules:
    """The Python files of a tree, and those beside the tests, as modules."""

    def __init__(self, tree: Iterable[str], tests: Iterable[str]) -> None:
        self._tree = sorted(path for path in tree if path.endswith(".py"))
        self._tests = sorted(tests)

    def named(self, dotted: str, folders: Iterable[Folder]) -> Held | None:
        """By a dotted name, with the folders that are on the path. None for other modules."""
        fitting = _fitting(self._tree, dotted)
        if not fitting or not dotted:
            return None
        if rivals := _fitting(self._tests, dotted):
            return Held("", dotted, why=f"{dotted} may be {fitting[0]} or {rivals[0]}")
        if len(fitting) == 1:
            return Held(fitting[0], dotted)
        on_path = [f for f in folders if _join(f.path, dotted) in fitting]
        if len(on_path) == 1:
            return Held(_join(on_path[0].path, dotted), dotted, on_path[0])
        if len({folder.path for folder in on_path}) == 1:
            # Certain, but spelled in several places: it cannot be led elsewhere.
            spelled = Folder(on_path[0].file, on_path[0].path, ())
            return Held(_join(spelled.path, dotted), dotted, spelled)
        what = " or ".join(fitting if not on_path else [_join(f.path, dotted) for f in on_path])
        said = "two folders here fit" if on_path else "nothing here tells"
        return Held("", dotted, why=f"{dotted} may be {what}: {said}")

    def in_folder(self, folder: Folder, stem: str) -> Held | None:
        """The module of that file name in a folder."""
        path = _join(folder.path, stem)
        return Held(path, stem, folder) if path in self._tree else None

    def others_in(self, folder: str) -> set[str]:
        """Names of what can be imported when the folder is on the path."""
        parts = PurePosixPath(folder).parts
        inside = [PurePosixPath(p).with_suffix("").parts for p in self._tree]
        return {p[len(parts)] for p in inside if p[: len(parts)] == parts}

    def folder(self, file: str, pieces: list[Piece]) -> Folder | None:
        """The one folder with Python files that the end of a path spells."""
        spelled = [p for p in pieces if p.text not in ("", ".", "..")]
        if spelled and spelled[-1].text.endswith(".py"):
            spelled.pop()
        found: dict[int, list[str]] = {}
        for path in sorted({PurePosixPath(path).parent.as_posix() for path in self._tree}):
            length = _common_tail([p.text for p in spelled], PurePosixPath(path).parts)
            if length:
                found.setdefault(length, []).append(path)
        best = found[max(found)] if found else []
        return Folder(file, best[0], tuple(spelled)) if len(best) == 1 else None


def _common_tail(spelled: list[str], parts: tuple[str, ...]) -> int:
    """How many of the last parts agree, if one is the end of the other; 0 if they part ways."""
    length = min(len(spelled), len(parts))
    return length if length and tuple(spelled[-length:]) == parts[-length:] else 0


def _fitting(paths: Iterable[str], dotted: str) -> list[str]:
    tail = "/" + dotted.replace(".", "/") + ".py"
    return [path for path in paths if f"/{path}".endswith(tail)]


def _join(folder: str, dotted: str) -> str:
    return (PurePosixPath(folder) / (dotted.replace(".", "/") + ".py")).as_posix()
