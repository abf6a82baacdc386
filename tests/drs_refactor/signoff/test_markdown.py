from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drs_refactor.signoff.evidence import Evidence
from drs_refactor.signoff.html import html
from drs_refactor.signoff.markdown import markdown
from drs_refactor.signoff.page import (
    Code,
    Fold,
    Items,
    Link,
    Page,
    Paragraph,
    Picture,
    Section,
    SideBySide,
    Strong,
    Table,
    Text,
    Words,
)
from tests.drs_refactor.signoff.support import (
    WORDS,
    Html,
    WithNames,
    cells,
    inline,
    lines_of,
    markdown_rows,
    outside_fences,
    plain,
    rows_of,
    squeezed,
    unescaped,
)
from tests.drs_refactor.signoff.test_html import BESIDE, PAGES, of, shown

OWN = r"#\w+|pictures/[\w.]+|" + "|".join(map(re.escape, sorted(BESIDE)))
"""Where this tool's own links lead."""

NAMES = st.text(st.sampled_from("`|<>&\\[]()*_~#$-+.!1 \n\tab\x00\u2028"), max_size=12)


def said(text: str) -> str:
    """All that a Markdown text says, without its markup."""
    lines = []
    for line in text.split("\n"):
        bare = re.sub(r"^(#+ |- |\d+\. |> )", "", line)
        bare = re.sub(rf"\]\(({OWN})\)", "]", bare)
        lines.append("".join(_said(kind, part) for kind, part in inline(bare)))
    return squeezed(" ".join(lines)) + squeezed(text)


def _said(kind: str, part: str) -> str:
    return part if kind else re.sub(r"\*\*|[\[\]]", "", part)


@pytest.mark.parametrize("name", PAGES)
def test_it_says_all_that_the_html_says(crowded: Evidence, name: str) -> None:
    model = shown(crowded, name)
    text, read = markdown(model, "pictures"), Html(html(model))
    words, shown_there = said(text), squeezed(read.text)
    lines = [*lines_of(model), *(one.title for one in model.sections)]
    assert len(lines) > 60
    assert [line for line in lines if line not in shown_there] == []
    assert [line for line in lines if line not in words] == []
    rows = rows_of(model)
    assert len(rows) >= 12
    assert markdown_rows(text) == rows
    assert read.rows == rows


def test_it_says_the_answer_and_what_was_not_checked_first(crowded: Evidence) -> None:
    model = shown(crowded, "signoff")
    lines = [line for line in markdown(model, "p").split("\n") if line]
    assert lines[0] == f"# {model.title}"
    assert lines[1] == "**No, this must not be released**"
    assert sum(line.startswith("- ") for line in lines[2:9]) == len(model.reasons) == 7
    at = lines.index("## What was not checked")
    assert at == 9
    after = lines[at + 1 : at + 1 + len(model.not_checked)]
    assert [unescaped(line[2:]) for line in after] == [plain(one) for one in model.not_checked]
    assert "> A partial run" in markdown(of(notices=("A partial run",)), "p")


def kinds(text: str) -> list[str]:
    """What each line is, apart from what it says."""
    found = []
    for line in outside_fences(text):
        mark = re.match(r"#+ |- |\d+\. |\||> |!\[|<a id=|\*\*|$", line)
        found.append(mark[0] if mark else "words")
    return found


def check_is_text(text: str) -> None:
    """No name is markup: no tag, no link but this tool's own, no row of other cells."""
    width = 0
    for line in outside_fences(text):
        bare = "".join(part for kind, part in inline(line) if not kind)
        if not re.fullmatch(r'<a id="\w+"></a>', line):
            assert not re.search(r"[<>]", bare.removeprefix("> ")), line
        links = re.findall(r"\]\(([^)]*)\)", bare)
        assert all(re.fullmatch(OWN, to) for to in links), line
        assert "&" not in bare, line
        assert "`" not in bare, line
        if line.startswith("|"):
            width = width or len(cells(line))
            assert len(cells(line)) == width, line
        else:
            width = 0


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("name", PAGES)
def test_names_and_values_are_text(with_names: WithNames, name: str, words: str) -> None:
    text = markdown(shown(with_names(words), name), "pictures")
    right = markdown(shown(with_names("word"), name), "pictures")
    assert kinds(text) == kinds(right)
    check_is_text(text)
    assert said(text).count(squeezed(words)) >= 40


@given(NAMES, NAMES, NAMES)
def test_any_name_is_text(one: str, two: str, three: str) -> None:
    names: tuple[Words, ...] = (one, (two, Code(three)), (Code(two), one), Strong(three))
    model = of(
        *(Paragraph(name) for name in names),
        Items(names),
        Table((one, two, three, "d"), (names,), caption=three),
        SideBySide(one, two, (one, two)),
        Text((one, two)),
        Picture("x.svg", "", one),
        Fold((one, Code(two)), (Paragraph(three),)),
        reasons=names,
        not_checked=names,
        notices=(one,),
    )
    text = markdown(model, "pictures")
    check_is_text(text)
    found, wanted = markdown_rows(text), rows_of(model)
    assert [_close(row) for row in found] == [_close(row) for row in wanted]
    assert len(text.split("\n")) - text.count("\n\n") < 100


def _close(row: tuple[str, ...]) -> list[str]:
    return ["".join(cell.split()) for cell in row]


@pytest.mark.parametrize(
    "words", ["- no list", "+ no list", "1. no list", "1) no list", "---", "===", "    no code"]
)
def test_the_beginning_of_a_name_is_no_markup(words: str) -> None:
    text = markdown(of(Paragraph(words), Items((words,))), "p")
    lines = [line for line in text.split("\n") if unescaped(line).endswith(words.strip())]
    assert len(lines) == 2
    found = [lines[0], lines[1].removeprefix("- ")]
    for line in found:
        assert not re.match(r"\s*([-+=]|\d+[.)]|    )", line), line
        assert unescaped(line) == words.strip()


def test_blocks() -> None:
    text = markdown(
        of(
            Items(("a", "b"), ordered=True),
            Table(("h", "n"), (("x", "1"),), numbers=frozenset({1}), caption="rows"),
            Text(("+a", "```"), diff=True),
            SideBySide("old\nlines", "new"),
            Picture("x.svg", "<svg/>", "told"),
            Fold("outer", (Fold(("inner ", Code("c")), (Paragraph(("p ", Link("l", "#k"))),)),)),
        ),
        "pictures",
    )
    assert "1. a\n2. b\n" in text
    assert "rows:\n\n| h | n |\n|---|---:|\n| x | 1 |\n" in text
    assert "````diff\n+a\n```\n````\n" in text
    assert "legacy:\n\n```\nold\nlines\n```\n" in text
    assert "![told](pictures/x.svg)" in text
    assert "### outer\n\n#### inner `c`\n\np [l](#k)\n" in text
    assert '<a id="key"></a>\n\n## Title: identical\n' in text


def test_headings_end_at_the_sixth_level() -> None:
    fold = Fold("last", ())
    for _ in range(9):
        fold = Fold("more", (fold,))
    assert "\n###### last\n" in markdown(of(fold), "p")
    assert "#######" not in markdown(of(fold), "p")


def test_the_same_page_gives_the_same_text(crowded: Evidence) -> None:
    model: Page = shown(crowded, "signoff")
    assert markdown(model, "p") == markdown(shown(crowded, "signoff"), "p")
    assert isinstance(model.sections[0], Section)
