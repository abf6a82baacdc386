"""The pages in a browser, as who signs them meets them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from drs_refactor.signoff import digests
from tests.drs_refactor.signoff import support

sync_api = pytest.importorskip("playwright.sync_api", reason="not checked: no Playwright")

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="not checked: no Chromium")

PAGES = ("signoff.html", "rollback.html")
WORDS = " ".join(word for word in support.WORDS if word.isprintable())


@dataclass
class Tab:
    """A tab, and all that the page in it said, asked for, or failed in."""

    page: Any
    folder: Path
    heard: list[str] = field(default_factory=list)

    def open(self, name: str, evidence: str = "crowded", width: int = 1280, **how: Any) -> Any:
        """Load a page; how it is looked at is as in Playwright's emulate_media."""
        self.page.set_viewport_size({"width": width, "height": 844})
        self.page.emulate_media(**{"media": "screen", "color_scheme": "light", **how})
        self.heard.clear()
        self.page.goto((self.folder / evidence / name).as_uri())
        return self.page

    def run(self, script: str) -> Any:
        return self.page.evaluate(script)

    def count(self, selector: str) -> int:
        return int(self.page.locator(selector).count())

    def open_folds(self) -> None:
        self.run("document.querySelectorAll('details').forEach(one => one.open = true)")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Written pages: of crowded evidence, and of the same with names that could be markup."""
    made = tmp_path_factory.mktemp("pages")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(digests, "of_tool", lambda: support.TOOL)
        for name, found in (
            ("crowded", support.crowded(made)),
            ("hostile", support.hostile(made, WORDS)),
            ("good", support.made(made)),
        ):
            support.written(found, made / name)
    return made


@pytest.fixture(scope="module")
def tab(folder: Path) -> Iterator[Tab]:
    with sync_api.sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu"]
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        found = Tab(chromium.new_page(reduced_motion="reduce"), folder)
        heard = found.heard
        found.page.on("console", lambda one: heard.append(f"{one.type}: {one.text}"))
        found.page.on("pageerror", lambda one: heard.append(f"error: {one}"))
        found.page.on("dialog", lambda one: (heard.append(f"dialog: {one.message}"), one.dismiss()))
        found.page.on("request", lambda one: heard.append(f"request: {one.url}"))
        yield found
        chromium.close()


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("evidence", ["crowded", "hostile", "good"])
def test_it_asks_for_nothing_but_its_file(tab: Tab, name: str, evidence: str) -> None:
    tab.open(name, evidence)
    tab.open_folds()
    tab.run("new Promise(done => setTimeout(done, 50))")
    assert tab.heard == [f"request: {(tab.folder / evidence / name).as_uri()}"]
    # Nothing of what stands in it became an element.
    assert tab.count("script") == 1
    assert tab.count("img, u, b, i") == 0
    assert set(tab.run("[...document.querySelectorAll('a')].map(a => a.protocol)")) == {"file:"}
    assert tab.count("body > main > section") >= 7


def test_its_policy_lets_nothing_in(tab: Tab) -> None:
    tab.open("signoff.html")
    loaded = tab.run(
        "new Promise(done => { const one = new Image();"
        " one.onload = () => done('loaded'); one.onerror = () => done('refused');"
        " one.src = 'https://example.invalid/x.png'; })"
    )
    assert loaded == "refused"
    assert any("Content Security Policy" in one for one in tab.heard)


@pytest.mark.parametrize("name", PAGES)
def test_folds_open_by_keyboard(tab: Tab, name: str) -> None:
    page = tab.open(name)
    fold = page.locator("details:not([open])").first.element_handle()
    fold.query_selector("summary").focus()
    for wanted in (True, False):
        page.keyboard.press("Enter")
        assert fold.evaluate("one => one.open") is wanted


def test_the_filter_hides_rows(tab: Tab) -> None:
    page = tab.open("signoff.html")
    page.locator("summary", has_text="All 3 scenarios").click()
    asked = page.get_by_label("Show rows with")
    rows = page.locator(".filter + .wide tbody tr")

    def shown() -> list[bool]:
        return [row.is_visible() for row in rows.all()]

    assert shown() == [True, True, True]
    asked.fill("TAGS")
    assert shown() == [True, False, False]
    # Heads and other tables stay.
    assert page.locator(".filter + .wide thead").is_visible()
    assert page.get_by_role("cell", name="SHA-256 of legacy").is_visible()
    asked.fill("none such")
    assert shown() == [False, False, False]
    asked.fill("")
    assert shown() == [True, True, True]


BEYOND = """
[...document.body.querySelectorAll('*')].filter(one =>
  one.getBoundingClientRect().right > innerWidth + 1
  && !one.closest('.wide, figure, pre, .skip')).map(one => one.outerHTML.slice(0, 120))
"""
"""What reaches beyond the page, but for what scrolls by itself."""

BROKEN = """
[...document.querySelectorAll('th, nav a, .verdict')].filter(one => {
  const text = document.createRange();
  text.selectNodeContents(one);
  const lines = new Set([...text.getClientRects()].map(line => Math.round(line.top)));
  return lines.size > one.textContent.trim().split(/[ -]/).length;
}).map(one => one.textContent)
"""
"""Heads that are broken inside a word."""


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("evidence", ["crowded", "hostile"])
def test_nothing_is_wider_than_the_page(tab: Tab, name: str, evidence: str) -> None:
    for width in (390, 320):
        tab.open(name, evidence, width)
        for _ in range(2):
            assert tab.run(BEYOND) == []
            assert tab.run("document.documentElement.scrollWidth <= innerWidth")
            assert tab.run(BROKEN) == []
            tab.open_folds()


COLUMNS = """
[...document.querySelectorAll('.first, .sides')].map(one =>
  getComputedStyle(one).gridTemplateColumns.split(' ').length)
"""


def test_what_stands_side_by_side_is_stacked_on_a_phone(tab: Tab) -> None:
    for width, columns in ((1280, 2), (390, 1)):
        tab.open("signoff.html", width=width)
        tab.open_folds()
        found = tab.run(COLUMNS)
        assert set(found) == {columns}
        assert len(found) > 3


@pytest.mark.parametrize("name", PAGES)
def test_dark_and_light(tab: Tab, name: str) -> None:
    seen = {}
    for scheme in ("light", "dark"):
        tab.open(name, color_scheme=scheme)
        found = [
            tab.run(f"getComputedStyle(document.querySelector('{of}')).{what}")
            for of, what in (
                ("body", "backgroundColor"),
                ("h2", "color"),
                ("td", "borderBottomColor"),
                ("figure svg text", "fill"),
            )
        ]
        assert _contrast(found[0], found[1]) > 7
        assert _contrast(found[0], found[3]) > 7
        seen[scheme] = found
    assert not set(seen["light"]) & set(seen["dark"])


TEXTS = """
[...document.querySelectorAll('body *')].filter(one => !one.closest('svg, script')
  && [...one.childNodes].some(n => n.nodeType == 3 && n.data.trim())).map(one => {
    let behind = one;
    while (behind && getComputedStyle(behind).backgroundColor == 'rgba(0, 0, 0, 0)')
      behind = behind.parentElement;
    return [getComputedStyle(one).color, getComputedStyle(behind).backgroundColor,
      one.outerHTML.slice(0, 80)];
  })
"""
"""The colour of each text, and of what is behind it."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("evidence", ["good", "crowded"])
def test_all_text_can_be_read(tab: Tab, scheme: str, evidence: str) -> None:
    """WCAG's 4.5 to 1."""
    for name in PAGES:
        tab.open(name, evidence, color_scheme=scheme)
        tab.open_folds()
        found = tab.run(TEXTS)
        assert len(found) > 40
        assert [what for ink, paper, what in found if _contrast(ink, paper) < 4.5] == []


def _contrast(one: str, other: str) -> float:
    def light(colour: str) -> float:
        parts = [float(part) / 255 for part in colour[colour.index("(") + 1 : -1].split(",")[:3]]
        red, green, blue = (
            part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        )
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", PAGES)
def test_it_prints_with_all_folds_open(tab: Tab, name: str) -> None:
    page = tab.open(name, color_scheme="dark")
    shut = tab.count("details:not([open])")
    assert shut >= 2
    page.emulate_media(media="print")
    tab.run("dispatchEvent(new Event('beforeprint'))")
    assert tab.count("details:not([open])") == 0
    assert tab.run("getComputedStyle(document.querySelector('nav')).display") == "none"
    tab.run("dispatchEvent(new Event('afterprint'))")
    assert tab.count("details:not([open])") == shut
    # The printer itself tells the page so, which leaves them open on paper.
    tab.run("addEventListener('beforeprint', () => { document.title = 'printed' })")
    assert page.pdf().startswith(b"%PDF-")
    assert page.title() == "printed"
    assert tab.count("details:not([open])") == shut


CUT = """
[...document.querySelectorAll('.wide, figure, pre')].filter(one =>
  one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1
).map(one => one.outerHTML.slice(0, 120))
"""
"""What could be scrolled on a screen, and is cut off on paper."""


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("evidence", ["crowded", "hostile"])
def test_nothing_is_cut_off_on_paper(tab: Tab, name: str, evidence: str) -> None:
    tab.open(name, evidence, 700, media="print")
    tab.open_folds()
    assert tab.run(CUT) == []
    assert tab.run(BEYOND) == []


@pytest.mark.parametrize("name", PAGES)
def test_tab_reaches_the_skip_link_first(tab: Tab, name: str) -> None:
    page = tab.open(name)
    page.keyboard.press("Tab")
    assert tab.run("document.activeElement.textContent") == "Skip to the evidence"
    assert 0 <= tab.run("document.activeElement.getBoundingClientRect().left") < 100
    page.keyboard.press("Enter")
    assert tab.run("location.hash") == "#content"
    page.keyboard.press("Tab")
    assert tab.run("!!document.activeElement.closest('main')")


def test_links_lead_to_their_section_and_to_the_rollback_page(tab: Tab) -> None:
    page = tab.open("signoff.html")
    page.get_by_role("link", name="mutants", exact=True).click()
    assert tab.run("location.hash") == "#power"
    assert abs(tab.run("document.getElementById('power').getBoundingClientRect().top")) < 300
    page.get_by_role("link", name="rollback.html").click()
    assert "Do not rely on a rollback" in page.title()
