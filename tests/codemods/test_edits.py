from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codemods.edits import Edit, Overlap, apply


@st.composite
def texts_and_edits(draw: st.DrawFn) -> tuple[str, list[Edit]]:
    text = draw(st.text("ab\n\u00e9", max_size=30))
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    cuts = cuts[: len(cuts) // 2 * 2]
    pairs = zip(cuts[::2], cuts[1::2], strict=True)
    return text, [Edit(a, b, draw(st.text("XY", max_size=3))) for a, b in pairs]


@given(texts_and_edits())
def test_every_other_byte_stays(case: tuple[str, list[Edit]]) -> None:
    text, edits = case
    result, position = apply(text, edits), 0
    place = 0
    for edit in sorted(edits, key=lambda e: (e.start, e.end)):
        kept = text[place : edit.start] + edit.text
        assert result[position : position + len(kept)] == kept
        position, place = position + len(kept), edit.end
    assert result[position:] == text[place:]


def test_insertions_at_one_place_keep_their_order() -> None:
    assert apply("ab", [Edit(1, 1, "1"), Edit(1, 1, "2")]) == "a12b"


def test_an_insertion_stands_before_what_is_replaced_there() -> None:
    assert apply("ab", [Edit(1, 2, "X"), Edit(1, 1, "+")]) == "a+X"


def test_overlapping_edits_are_refused() -> None:
    with pytest.raises(Overlap) as caught:
        apply("abcd", [Edit(0, 3, "x"), Edit(2, 4, "y")])
    assert caught.value.place == 2
