from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.reports.svg import Picture, Scale

SVG = "{http://www.w3.org/2000/svg}"
NASTY = "<script>alert(\"1\")</script> & 'x' ]]>"


def drawn() -> Picture:
    picture = Picture(100, 50, "what is shown: a < b & c")
    picture.line(0, 1, 2.25, 3, "axis")
    picture.rectangle(1, 2, 30, 4, "band")
    picture.dot(5, 6, "good")
    picture.path([(1, 2), (3, 4.56)], "legacy")
    picture.text(7, 8, NASTY, "small end")
    picture.text(9, 10, "plain")
    return picture


def test_a_picture_is_xml_with_its_elements_in_order() -> None:
    root = ElementTree.fromstring(drawn().written())
    assert root.tag == f"{SVG}svg"
    assert [one.tag.removeprefix(SVG) for one in root] == [
        "title", "style", "line", "rect", "circle", "polyline", "text", "text",
    ]  # fmt: skip
    assert (root.get("width"), root.get("height")) == ("100", "50")
    assert root.get("viewBox") == "0 0 100 50"


def test_words_from_outside_are_words() -> None:
    written = drawn().written()
    assert "<script>" not in written
    root = ElementTree.fromstring(written)
    assert [one.text for one in root.iter(f"{SVG}text")] == [NASTY, "plain"]


def test_who_does_not_see_it_is_told_what_it_shows() -> None:
    root = ElementTree.fromstring(drawn().written())
    assert root.get("role") == "img"
    assert root.get("aria-label") == "what is shown: a < b & c"
    assert root.findtext(f"{SVG}title") == "what is shown: a < b & c"


def test_elements_have_their_places_and_kinds() -> None:
    _, _, line, rectangle, dot, path, text, plain = ElementTree.fromstring(drawn().written())
    assert line.attrib == {"x1": "0.0", "y1": "1.0", "x2": "2.2", "y2": "3.0", "class": "axis"}
    assert rectangle.attrib == {
        "x": "1.0", "y": "2.0", "width": "30.0", "height": "4.0", "class": "band",
    }  # fmt: skip
    assert dot.attrib == {"cx": "5.0", "cy": "6.0", "r": "3", "class": "good"}
    assert path.attrib == {"points": "1.0,2.0 3.0,4.6", "class": "line legacy"}
    assert text.attrib == {"x": "7.0", "y": "8.0", "class": "small end"}
    assert plain.get("class") == ""


def test_the_same_picture_has_the_same_bytes() -> None:
    picture = drawn()
    assert picture.written() == picture.written() == drawn().written()
    assert Picture(1, 1, "x").written() == Picture(1, 1, "x").written()


@pytest.mark.parametrize(("value", "pixel"), [(0, 100), (5, 150), (10, 200), (-3, 100), (99, 200)])
def test_a_scale_is_linear_and_ends_at_its_ends(value: float, pixel: float) -> None:
    assert Scale(0, 10, 100, 200)(value) == pytest.approx(pixel)


@pytest.mark.parametrize(("value", "pixel"), [(1, 200), (10, 150), (100, 100), (0, 200)])
def test_a_logarithmic_scale_upside_down(value: float, pixel: float) -> None:
    assert Scale(1, 100, 200, 100, logarithmic=True)(value) == pytest.approx(pixel)


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 10, [0, 2, 4, 6, 8, 10]),
        (0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (0.91, 1.1, [0.95, 1.0, 1.05, 1.1]),
        (-0.3, 1.2, [0, 0.5, 1]),
        (3, 97, [20, 40, 60, 80]),
    ],
)
def test_ticks_are_round(low: float, high: float, ticks: list[float]) -> None:
    assert Scale(low, high, 0, 1).ticks() == pytest.approx(ticks)


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [(1, 1_000, [1, 10, 100, 1_000]), (2, 500, [10, 100]), (0.05, 20, [0.1, 1, 10])],
)
def test_ticks_of_a_logarithmic_scale_are_powers(
    low: float, high: float, ticks: list[float]
) -> None:
    assert Scale(low, high, 0, 1, logarithmic=True).ticks() == pytest.approx(ticks)


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(2, 12))
def test_ticks_are_few_and_inside(low: float, more: float, count: int) -> None:
    scale = Scale(low, low + more, 0, 100)
    ticks = scale.ticks(count)
    assert len(ticks) <= count + 1
    assert 2 <= len(scale.ticks()) <= 6
    slack = 1e-6 * max(1.0, abs(low), more)
    assert all(low - slack <= tick <= low + more + slack for tick in ticks)
    assert ticks == sorted(set(ticks))


@given(st.floats(1e-3, 1e3), st.floats(1.001, 1e6), st.booleans())
def test_a_scale_rises_and_stays_inside(low: float, times: float, logarithmic: bool) -> None:
    scale = Scale(low, low * times, 10, 90, logarithmic)
    pixels = [scale(low * factor) for factor in (0.5, 1.0, times**0.5, times, 2 * times)]
    assert pixels == sorted(pixels)
    assert pixels[0] == pytest.approx(10)
    assert pixels[-1] == pytest.approx(90)


def test_what_is_told_may_be_anything() -> None:
    picture = Picture(1, 1, 'say "x" \x00')
    picture.text(0, 0, "a\x07<b>")
    root = ElementTree.fromstring(picture.written())
    assert root.get("aria-label") == 'say "x" \ufffd'
