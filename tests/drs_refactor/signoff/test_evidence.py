from __future__ import annotations

from dataclasses import replace

import pytest

from drs_refactor.errors import InputError
from drs_refactor.migration import load
from drs_refactor.signoff.evidence import PARTS, Evidence, signed
from tests.drs_refactor.signoff.support import TOOL, VERDICTS, turned


def test_each_part_has_its_verdict(evidence: Evidence) -> None:
    assert evidence.verdicts == {part: found[0] for part, found in VERDICTS.items()}
    assert tuple(evidence.verdicts) == PARTS
    for part, verdicts in VERDICTS.items():
        for verdict in (*verdicts, "not run"):
            found = turned(evidence, part, verdict).verdicts
            assert found == {**evidence.verdicts, part: verdict}


def test_what_is_signed_is_both_trees_the_configuration_and_the_tool(evidence: Evidence) -> None:
    trees = evidence.trees
    found = signed(load(trees.config), trees)
    assert found == evidence.signed
    assert sorted(found.legacy) == sorted(found.refactored) == ["planner.py", "worker.py"]
    assert list(found.configuration) == ["migration.toml"]
    assert found.tool == TOOL
    with pytest.raises(InputError, match="there is no such folder"):
        signed(load(trees.config), replace(trees, legacy=trees.legacy / "none"))
