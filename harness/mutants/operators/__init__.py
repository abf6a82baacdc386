"""The operators: each makes one thing wrong, wherever it can be wrong in what the move wrote."""

from harness.mutants.operators import (
    effects,
    errors,
    handover,
    meaning,
    ordinary,
    values,
)
from harness.mutants.operators.registry import OPERATORS, Info, Operator, Place

__all__ = [
    "OPERATORS",
    "Info",
    "Operator",
    "Place",
    "effects",
    "errors",
    "handover",
    "meaning",
    "ordinary",
    "values",
]
