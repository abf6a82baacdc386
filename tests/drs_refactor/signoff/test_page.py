from __future__ import annotations

from drs_refactor.signoff.page import Code, Fold, Paragraph, Picture, inlines, pictures


def test_a_line_is_its_parts() -> None:
    assert inlines("one") == ("one",)
    assert inlines(Code("x")) == (Code("x"),)
    assert inlines(("one ", Code("x"))) == ("one ", Code("x"))
    assert inlines("") == ("",)


def test_pictures_are_found_in_folds_too() -> None:
    one, two, three = (Picture(f"{n}.svg", "<svg/>", "told") for n in range(3))
    blocks = (one, Paragraph("p"), Fold("f", (two, Fold("g", (three,)))))
    assert pictures(blocks) == [one, two, three]
    assert pictures(()) == []
