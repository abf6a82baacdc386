"""What a name that is not there may have been meant to be."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def closest(name: str, known: Iterable[str]) -> str:
    """ ", did you mean …?" with the known name that is most like this one, or nothing."""
    folded = {other.casefold(): other for other in known}
    found = get_close_matches(name.casefold(), folded, n=1, cutoff=0.6)
    return f" (is {folded[found[0]]!r} meant?)" if found else ""
