"""Exit codes, by verdict."""

from __future__ import annotations

BAD_INPUT = 2
EXIT = {
    "identical": 0,
    "within": 0,
    "divergent": 1,
    "over": 1,
    "faster": 1,
    "refused": BAD_INPUT,
    "inconclusive": 3,
    "invalid": 3,
}
