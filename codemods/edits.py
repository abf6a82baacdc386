"""Text edits: what is replaced where. All edits of a file are applied at once, to its old text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Edit:
    """Replace text[start:end] by `text`. Insertions at one place keep the order they came in."""

    start: int
    end: int
    text: str


class Overlap(ValueError):
    """Two edits want the same text. `place` is where the second begins."""

    def __init__(self, edit: Edit) -> None:
        super().__init__(f"edits overlap at {edit.start}: {edit.text[:40]!r}")
        self.place = edit.start


def apply(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits made. Raises Overlap if two of them cannot both be."""
    pieces: list[str] = []
    place = 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        if edit.start < place:
            raise Overlap(edit)
        pieces += [text[place : edit.start], edit.text]
        place = edit.end
    return "".join([*pieces, text[place:]])
