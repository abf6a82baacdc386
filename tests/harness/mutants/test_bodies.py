from __future__ import annotations

import pytest

from harness.mutants.bodies import body

TEXT = """\
import x

@decorated
def f(
    a=1,
):
    a += 1

    def inner():
        return a
    return inner

def g(): return 1

class C:
    def method(self):
        return 2
"""


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ((7, 7), (7, 11)),
        ((10, 10), (7, 11)),
        ((3, 11), (7, 11)),
        ((5, 5), (7, 11)),
        ((13, 13), (13, 13)),
        ((1, 1), (1, 1)),
        ((10, 13), (10, 13)),
        ((17, 17), (17, 17)),
    ],
)
def test_the_body_of_the_function_that_lines_stand_in(
    lines: tuple[int, int], found: tuple[int, int]
) -> None:
    assert body(TEXT, *lines) == found
