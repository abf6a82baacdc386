from __future__ import annotations

from dataclasses import replace

from drs_refactor.signoff.about_versions import versions
from drs_refactor.signoff.digests import together
from drs_refactor.signoff.evidence import Evidence
from drs_refactor.signoff.page import Items, Table
from tests.drs_refactor.signoff.support import TOOL, plain


def test_versions_seed_and_digests(evidence: Evidence, crowded: Evidence) -> None:
    [table, *_] = versions(evidence).blocks
    assert isinstance(table, Table)
    assert [tuple(map(plain, row)) for row in table.rows] == [
        ("python", "3.11.7"),
        ("drs-refactor", "0.1.0"),
        ("seed of all draws", "11"),
        ("SHA-256 of legacy", together(evidence.signed.legacy)),
        ("SHA-256 of refactored", together(evidence.signed.refactored)),
        ("SHA-256 of configuration", together(evidence.signed.configuration)),
        ("SHA-256 of tool", TOOL),
    ]
    _, runtime = versions(crowded).blocks
    assert isinstance(runtime, Items)
    assert plain(runtime.items[0]).startswith("Runtime: the functions' is python3.12; run here by")


def test_without_a_run_there_is_no_runtime(evidence: Evidence) -> None:
    assert len(versions(replace(evidence, verification=None)).blocks) == 1
