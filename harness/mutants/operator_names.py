"""Every operator by name: of code, of templates, of several at once."""

from __future__ import annotations

from collections.abc import Mapping

from harness.mutants import pairs, templates
from harness.mutants.operators import OPERATORS

WRONG: Mapping[str, tuple[str, str]] = {
    **{name: (one.family, one.wrong) for name, one in OPERATORS.items()},
    **{name: ("move", wrong) for of in (templates, pairs) for name, wrong in of.WRONG.items()},
}
"""Its family, and what it makes wrong."""
