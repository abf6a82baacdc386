"""A page as Markdown, for a pull request or a job's summary. Folds become headings below the
section's: GitHub shows <details>, but not every reader does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from drs_refactor.signoff.page import (
    Block,
    Code,
    Fold,
    Inline,
    Items,
    Link,
    Page,
    Paragraph,
    Picture,
    SideBySide,
    Strong,
    Table,
    Text,
    Words,
    inlines,
)

_MARKUP = re.compile(r"([\\`*_{}\[\]<>|~#$&])")
_BEGINNING = re.compile(r"^([-+=]|\d+[.)])")
"""Of a line: it would be a list, a rule or a heading."""


def markdown(page: Page, folder: str) -> str:
    """The page; its pictures stand in `folder`, relative to it."""
    return "\n".join(_lines(page, folder)) + "\n"


def _lines(page: Page, folder: str) -> Iterator[str]:
    yield f"# {_escaped(page.title)}"
    yield ""
    yield f"**{_escaped(page.line)}**"
    yield ""
    for notice in page.notices:
        yield f"> {_line(notice)}"
        yield ""
    yield from (f"- {_line(reason)}" for reason in page.reasons)
    yield ""
    yield "## What was not checked"
    yield ""
    yield from (f"- {_line(one)}" for one in page.not_checked)
    yield ""
    for section in page.sections:
        verdict = f": {_escaped(section.verdict)}" if section.verdict else ""
        yield f'<a id="{section.key}"></a>'
        yield ""
        yield f"## {_escaped(section.title)}{verdict}"
        yield ""
        for block in section.blocks:
            yield from _block(block, folder, 3)


def _block(block: Block, folder: str, level: int) -> Iterator[str]:
    match block:
        case Paragraph():
            yield _line(block.words)
        case Items():
            for number, item in enumerate(block.items, 1):
                yield f"{f'{number}.' if block.ordered else '-'} {_line(item)}"
        case Table():
            if block.caption:
                yield f"{_escaped(block.caption)}:"
                yield ""
            yield f"| {' | '.join(_escaped(head) for head in block.head)} |"
            numbers = range(len(block.head))
            yield f"|{'|'.join('---:' if n in block.numbers else '---' for n in numbers)}|"
            for row in block.rows:
                yield f"| {' | '.join(_words(cell) for cell in row)} |"
        case Text():
            yield from _fenced(block.lines, "diff" if block.diff else "")
        case SideBySide():
            for head, value in zip(block.heads, (block.legacy, block.refactored), strict=True):
                yield f"{_line(head)}:"
                yield ""
                yield from _fenced(tuple(value.splitlines()), "")
        case Picture():
            yield f"![{_escaped(block.told)}]({folder}/{block.name})"
        case Fold():
            yield f"{'#' * min(level, 6)} {_words(block.title)}"
            yield ""
            for inner in block.blocks:
                yield from _block(inner, folder, level + 1)
            return
    yield ""


def _fenced(lines: tuple[str, ...], language: str) -> Iterator[str]:
    """Lines in a fence that none of them can end."""
    longest = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    yield f"{fence}{language}"
    yield from (line.rstrip("\n") for line in lines)
    yield fence


def _line(words: Words) -> str:
    """Words that begin a line."""
    text = _words(words).lstrip()
    return _BEGINNING.sub(lambda found: f"{found[0][:-1]}\\{found[0][-1]}", text)


def _words(words: Words) -> str:
    return "".join(map(_inline, inlines(words)))


def _inline(words: Inline) -> str:
    match words:
        case Code():
            return _code(words.words)
        case Strong():
            return f"**{_escaped(words.words)}**"
        case Link():
            return f"[{_escaped(words.words)}]({words.target})"
        case _:
            return _escaped(words)


def _code(words: str) -> str:
    plain = " ".join(words.split())
    if "`" in plain or "|" in plain:
        return _escaped(plain)
    return f"`{plain}`" if plain else ""


def _escaped(words: str) -> str:
    return _MARKUP.sub(r"\\\1", re.sub(r"\s+", " ", words))
