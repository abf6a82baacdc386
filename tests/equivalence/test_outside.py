"""The wrong versions that a stranger wrote who had seen only the two trees: they still fit.

`drs-refactor mutants --written tests/equivalence/outside/mutants.yaml` tells which are found.
"""

from __future__ import annotations

from pathlib import Path

from harness.mutants.mutated import texts_of
from harness.mutants.written import written


def test_each_is_another_tree_that_compiles(root: Path) -> None:
    found = list(written(root / "tests/equivalence/outside/mutants.yaml", root / "refactored"))
    assert len(found) >= 25
    seen = set()
    for mutant in found:
        texts = texts_of(root / "refactored", mutant)
        for path, text in mutant.applied(texts).items():
            assert text != texts[path]
            seen.add((path, text))
            if path.endswith(".py"):
                compile(text, path, "exec")
    assert len(seen) == len(found)
