from __future__ import annotations

import pytest

from codemods.caught import exceptions
from tests.codemods.support import parsed

SOURCE = """\
import errors
from botocore.exceptions import ClientError
from errors import NotFound, Base


class Own(Exception):
    pass


def work(x):
    if x:
        raise NotFound(x)
    raise errors.Late


def caller():
    try:
        work(1)
    except {caught}:
        pass
"""


@pytest.mark.parametrize(
    ("caught", "names"),
    [
        ("Base", {"Base": "Base", "NotFound": "NotFound", "Late": "errors.Late"}),
        (
            "(Own, errors.Other, KeyError)",
            {"Own": "Own", "Other": "errors.Other", "NotFound": "NotFound", "Late": "errors.Late"},
        ),
        ("ClientError", {}),
        ("(KeyError, unknown.Error)", {}),
        ("Exception", {}),
    ],
)
def test_what_can_be_caught_around_a_stub(caught: str, names: dict[str, str]) -> None:
    file = parsed(SOURCE.replace("{caught}", caught))
    work, caller = file.function("work"), file.function("caller")
    assert work is not None
    assert caller is not None
    assert exceptions(file, [caller], [work]) == names
