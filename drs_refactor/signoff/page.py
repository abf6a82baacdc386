"""What a page shows, apart from how: sections of blocks, written as HTML and as Markdown alike.

Words are data. Whatever a tree calls a function or a server stands in a page as text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Code:
    """A name, a path or a command inside a line."""

    words: str


@dataclass(frozen=True)
class Strong:
    """What must not be overlooked."""

    words: str


@dataclass(frozen=True)
class Link:
    """Words that lead to a section ("#time") or to a file beside the page."""

    words: str
    target: str


Inline = str | Code | Strong | Link
Words = Inline | tuple[Inline, ...]


def inlines(words: Words) -> tuple[Inline, ...]:
    """The parts of a line."""
    return words if isinstance(words, tuple) else (words,)


@dataclass(frozen=True)
class Paragraph:
    words: Words


@dataclass(frozen=True)
class Items:
    """A list; `ordered` where the order is what to do first."""

    items: tuple[Words, ...]
    ordered: bool = False


@dataclass(frozen=True)
class Table:
    """Rows of cells. Columns of `numbers` are ranged right; `filtered` ones can be searched, and
    `caption` says what the rows are.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[Words, ...], ...]
    numbers: frozenset[int] = frozenset()
    filtered: bool = False
    caption: str = ""


@dataclass(frozen=True)
class Text:
    """Lines as they are: a command, or a diff, whose lines are coloured by their first sign."""

    lines: tuple[str, ...]
    diff: bool = False


@dataclass(frozen=True)
class SideBySide:
    """One value on either side."""

    legacy: str
    refactored: str
    heads: tuple[str, str] = ("legacy", "refactored")


@dataclass(frozen=True)
class Picture:
    """An SVG, written to `name` where it cannot stand in the page; `told` is what it shows."""

    name: str
    svg: str
    told: str


@dataclass(frozen=True)
class Fold:
    """Blocks that open on demand."""

    title: Words
    blocks: tuple[Block, ...]
    is_open: bool = False


Block = Paragraph | Items | Table | Text | SideBySide | Picture | Fold


@dataclass(frozen=True)
class Section:
    """A part of a page under its own heading. `verdict` stands beside it."""

    key: str
    title: str
    verdict: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Page:
    """A whole page: its answer in one line first, why, and what was not checked beside it."""

    title: str
    answer: str
    line: str
    reasons: tuple[Words, ...]
    not_checked: tuple[Words, ...]
    sections: tuple[Section, ...]
    notices: tuple[str, ...] = field(default=())


def pictures(blocks: Sequence[Block]) -> list[Picture]:
    """All pictures of some blocks, those inside folds too."""
    found: list[Picture] = []
    for block in blocks:
        if isinstance(block, Picture):
            found.append(block)
        elif isinstance(block, Fold):
            found += pictures(block.blocks)
    return found
