from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from drs_refactor.signoff.about_rollout import rollback_page
from drs_refactor.signoff.decision import decide
from drs_refactor.signoff.evidence import Evidence
from drs_refactor.signoff.html import html
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
)
from drs_refactor.signoff.sections import page
from tests.drs_refactor.signoff.support import (
    WORDS,
    Html,
    WithNames,
    hostile,
    lines_of,
    made,
    rows_of,
    squeezed,
)

PAGES = ("signoff", "rollback")
BESIDE = {"rollback.html", "benchmark.md", "mutants.md"}
"""Files beside the page, to which it leads."""

REFERENCES = ("src", "href", "xlink:href", "action", "srcset", "data", "poster", "background")


def shown(evidence: Evidence, name: str) -> Page:
    return (
        page(evidence, decide(evidence))
        if name == "signoff"
        else rollback_page(evidence, "Rollback")
    )


def of(*blocks: object, **more: object) -> Page:
    section = Section("key", "Title", "identical", blocks)  # type: ignore[arg-type]
    page = Page("t", "yes", "Yes", (), (), (section,))
    return replace(page, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", PAGES)
def test_it_is_one_file_without_references(crowded: Evidence, name: str) -> None:
    text = html(shown(crowded, name))
    read = Html(text)
    assert {one for one in read.of(*REFERENCES) if not one.startswith("#")} <= BESIDE
    assert not {"link", "img", "iframe", "object", "embed", "base", "form"} & set(read.tags)
    assert not re.search(r"url\(|@import|fetch\(|XMLHttpRequest|import\(", text)
    assert set(re.findall(r"https?://[^\s\"'<]+", text)) == {"http://www.w3.org/2000/svg"}
    policy = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
    assert any(one.startswith(policy) for one in read.of("content"))
    assert not [name for _, name, _ in read.attributes if name.startswith("on")]
    assert read.tags.count("script") == 1


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_somewhere(crowded: Evidence, name: str) -> None:
    read = Html(html(shown(crowded, name)))
    ids = read.of("id")
    assert len(set(ids)) == len(ids)
    targets = [one[1:] for one in read.of("href") if one.startswith("#")]
    assert "content" in targets
    assert len(targets) > len(shown(crowded, name).sections)
    assert set(targets) <= set(ids)
    assert set(read.of("aria-labelledby")) <= set(ids)


@pytest.mark.parametrize("name", PAGES)
def test_all_that_the_page_says_is_in_it(crowded: Evidence, name: str) -> None:
    model, read = shown(crowded, name), Html(html(shown(crowded, name)))
    text = squeezed(read.text)
    assert [line for line in lines_of(model) if line not in text] == []
    assert [row for row in rows_of(model) if row not in read.rows] == []
    assert [one.title for one in model.sections if one.title not in text] == []
    assert len(model.sections) >= 7


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("name", PAGES)
def test_names_and_values_are_text(with_names: WithNames, name: str, words: str) -> None:
    text = html(shown(with_names(words), name))
    wrong, right = Html(text), Html(html(shown(with_names("word"), name)))
    assert wrong.tags == right.tags
    assert [name for _, name, _ in wrong.attributes] == [name for _, name, _ in right.attributes]
    assert wrong.of("href") == right.of("href")
    assert squeezed(wrong.text).count(squeezed(words)) >= 40


def test_file_names_of_trees_are_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    name = '"><img src=x onerror=1>`|`.py'
    found = made(tmp_path)
    found.trees.refactored.joinpath(name).write_text("</pre><script>1</script>\n")
    found = made(tmp_path)
    text = html(page(found, decide(found)))
    read = Html(text)
    assert name in read.text
    assert "+</pre><script>1</script>" in read.text
    assert "img" not in read.tags
    assert read.tags.count("script") == 1


def test_names_of_trees_are_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / '"><img src=x onerror=1>'
    monkeypatch.chdir(tmp_path)
    found = made(folder)
    found = replace(found, trees=replace(found.trees, refactored=folder))
    title = page(found, decide(found)).title
    read = Html(html(of(Paragraph(title))))
    assert folder.name in title
    assert folder.name in read.text
    assert "img" not in read.tags


def test_folds_and_filters() -> None:
    table = Table(("a",), (("x",),), filtered=True, caption="rows")
    read = Html(html(of(Fold("t", (table,)), Fold("o", (Table(("b",), ()),), is_open=True))))
    assert (read.tags.count("details"), read.tags.count("summary")) == (2, 2)
    assert len([1 for tag, name, _ in read.attributes if (tag, name) == ("details", "open")]) == 1
    assert [tag for tag in read.tags if tag in ("label", "input")] == ["label", "input"]
    assert ("div", "aria-label", "rows") in read.attributes
    assert ("div", "aria-label", "b") in read.attributes
    assert ("th", "scope", "col") in read.attributes


def test_every_block_and_every_part_of_a_line() -> None:
    line = ("plain ", Code("c<d"), " ", Strong("s&t"), " ", Link("l", "#key"), ".")
    text = html(
        of(
            Paragraph(line),
            Items(("one", line), ordered=True),
            Items(("two",)),
            Table(("h", "n"), (("x", "1"),), numbers=frozenset({1})),
            Text(("+++ a", "--- b", "@@ c", "+d", "-e", " f", "", "  g\n"), diff=True),
            Text(("  $ x",)),
            SideBySide("old", "new", ("head<1>", "head 2")),
            Picture("x.svg", "<svg><title>p</title></svg>", "told"),
        )
    )
    inline = 'plain <code>c&lt;d</code> <strong>s&amp;t</strong> <a href="#key">l</a>.'
    assert f"<p>{inline}</p>" in text
    assert re.search(rf"<ol>\s*<li>one</li>\s*<li>{re.escape(inline)}</li>\s*</ol>", text)
    assert re.search(r"<ul>\s*<li>two</li>\s*</ul>", text)
    assert '<th scope="col" class="number">n</th>' in text
    assert '<td>x</td><td class="number">1</td>' in text
    kinds = re.findall(r'<span class="(\w+)">(.*?)</span>', text)
    assert kinds[-8:] == [
        ("file", "+++ a"),
        ("file", "--- b"),
        ("place", "@@ c"),
        ("added", "+d"),
        ("taken", "-e"),
        ("same", " f"),
        ("same", ""),
        ("same", "  g"),
    ]
    assert re.search(r'<pre tabindex="0">\s*?  \$ x\n</pre>', text)
    assert "<p>head&lt;1&gt;</p>" in text
    assert "<svg><title>p</title></svg></figure>" in text


def test_the_answer_stands_first(evidence: Evidence) -> None:
    read = Html(html(shown(evidence, "signoff")))
    assert ("header", "class", "yes") in read.attributes
    text = squeezed(read.text)
    places = [text.index(one) for one in ("Yes, this may", "Why", "What was not", "What moved")]
    assert places == sorted(places)
    notices = of(notices=("A <b> notice",), answer="not decided", reasons=("r",))
    read = Html(html(notices))
    assert ("header", "class", "not-decided") in read.attributes
    assert "A <b> notice" in read.text


def test_what_can_be_scrolled_can_be_reached(crowded: Evidence) -> None:
    read = Html(html(shown(crowded, "signoff")))
    reached = {tag for tag, name, value in read.attributes if (name, value) == ("tabindex", "0")}
    assert reached == {"div", "pre", "figure"}
    assert read.tags.count("figure") == len(
        [1 for tag, name, _ in read.attributes if (tag, name) == ("figure", "tabindex")]
    )


@pytest.mark.parametrize("name", PAGES)
def test_the_same_evidence_gives_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    texts = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        folder.mkdir()
        monkeypatch.chdir(folder)
        texts.append(html(shown(hostile(folder, "word"), name)))
    assert texts[0] == texts[1]
    assert str(tmp_path) not in texts[0]
