from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from drs_refactor.errors import InputError
from drs_refactor.signoff.decision import YES, decide
from drs_refactor.signoff.digests import together
from drs_refactor.signoff.evidence import Evidence
from drs_refactor.signoff.stored_mutants import identity, stored
from tests.drs_refactor.signoff.support import TOOL, mutants_run

MISSING = ("these are no results of mutants", "parts of these results are missing")
SIDES = ("legacy", "refactored", "configuration")


def file(folder: Path, document: object) -> Path:
    path = folder / "mutants.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return path


def refusal(path: Path, evidence: Evidence) -> str:
    with pytest.raises(InputError) as caught:
        stored(path, evidence.signed)
    assert caught.value.mend == "Run: drs-refactor mutants --json FILE"
    assert caught.value.path == path
    assert "\n" not in str(caught.value)
    return caught.value.what


def test_results_of_these_trees_are_taken(evidence: Evidence, tmp_path: Path) -> None:
    document = mutants_run(evidence)
    assert stored(file(tmp_path, document), evidence.signed) == document
    assert identity(evidence.signed) == {
        "legacy": together(evidence.signed.legacy),
        "refactored": together(evidence.signed.refactored),
        "configuration": together(evidence.signed.configuration),
        "tool": TOOL,
    }


def test_no_file_is_refused(evidence: Evidence, tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.json", evidence) == "there are no results of mutants"
    assert refusal(tmp_path, evidence) == "there are no results of mutants"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '"text"',
        "{}",
        '{"digests": []}',
        '{"digests": {"legacy": "x"}, "verdict": "within"}',
        '{"verdict": "within"}',
    ],
)
def test_what_is_none_is_refused(evidence: Evidence, tmp_path: Path, text: str) -> None:
    assert refusal(file(tmp_path, text), evidence) == "these are no results of mutants"


@pytest.mark.parametrize(
    "key", ["families", "survivors", "facets", "operators", "planted", "untouched"]
)
def test_results_without_a_part_are_refused(evidence: Evidence, tmp_path: Path, key: str) -> None:
    document = mutants_run(evidence)
    del document[key]
    assert refusal(file(tmp_path, document), evidence) in MISSING


@pytest.mark.parametrize("family", ["move", "ordinary", "written"])
def test_results_without_a_family_are_refused(
    evidence: Evidence, tmp_path: Path, family: str
) -> None:
    document = mutants_run(evidence)
    del document["families"][family]
    assert refusal(file(tmp_path, document), evidence) in MISSING


@pytest.mark.parametrize("side", SIDES)
def test_results_of_other_trees_are_refused(evidence: Evidence, tmp_path: Path, side: str) -> None:
    path = file(tmp_path, mutants_run(evidence))
    digests = getattr(evidence.signed, side)
    other = replace(evidence.signed, **{side: {**digests, "new.py": "0" * 64}})
    assert refusal(path, replace(evidence, signed=other)) == f"these results are of another {side}"


@pytest.mark.parametrize(
    "wrong",
    [{"sampled": True}, {"verdict": None}, {"verdict": 3}],
)
def test_some_of_the_mutants_are_refused(
    evidence: Evidence, tmp_path: Path, wrong: dict[str, Any]
) -> None:
    document = mutants_run(evidence, **wrong)
    assert refusal(file(tmp_path, document), evidence) == "these are results of some of the mutants"


def test_another_version_of_the_tool_is_taken_and_told(evidence: Evidence, tmp_path: Path) -> None:
    digests = {**mutants_run(evidence)["digests"], "tool": "0" * 64}
    found = stored(file(tmp_path, mutants_run(evidence, digests=digests)), evidence.signed)
    decision = decide(replace(evidence, mutants=found))
    assert decision.answer == YES
    assert any("another version of this tool" in one for one in decision.not_checked)
    del digests["tool"]
    document = mutants_run(evidence, digests=digests)
    assert refusal(file(tmp_path, document), evidence) == "these are no results of mutants"
