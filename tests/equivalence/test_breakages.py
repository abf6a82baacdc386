"""Refactored trees that are wrong on purpose: each is found, at the right scenario and path."""

from __future__ import annotations

import ast
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from drs_refactor.migration import Migration
from harness.one_scenario import verify_scenario
from harness.reports.text import divergences
from harness.results import ScenarioResult
from harness.scenario_files import select, shipped
from harness.sides import Sides
from harness.tree import read_tree
from harness.values import MISSING

pytestmark = pytest.mark.equivalence

ORCHESTRATION = "lambda/orchestration-stepfunctions/index.py"
EXECUTION = "lambda/execution-handler/index.py"
QUERY = "lambda/query-handler/index.py"


@dataclass(frozen=True)
class Breakage:
    """An edit of one refactored file, and the divergence that it must lead to.

    `edits` maps old text, which must stand in the file once, to new. `legacy` and `refactored` are
    the values shown; a plain string need only be part of what is shown.
    """

    name: str
    file: str
    edits: Mapping[str, str]
    scenario: str
    kind: str
    path: str
    legacy: Any
    refactored: Any


BREAKAGES = [
    Breakage(
        "a lost raise in the query",
        EXECUTION,
        {
            'logger.error(f"Querying DRS servers by tags in {region} failed: {e}")\n        raise\n': 'logger.error(f"Querying DRS servers by tags in {region} failed: {e}")\n'
            "        return []\n",
        },
        "tag-query-fails",
        "state",
        "result.error",
        "(AccessDeniedException) when calling the DescribeSourceServers",
        None,
    ),
    Breakage(
        "the namesake bound",
        EXECUTION,
        {
            "    query_drs_servers_by_tags as conflict_detection_query_drs_servers_by_tags,": "    query_drs_servers_by_tags,\n"
            "    query_drs_servers_by_tags as conflict_detection_query_drs_servers_by_tags,",
            "def query_drs_servers_by_tags(": "def query_server_ids_by_tags(",
        },
        "tags-all-match",
        "state",
        "result.error",
        None,
        "Parameter validation failed",
    ),
    Breakage(
        "an error dictionary merged into the state",
        ORCHESTRATION,
        {
            'if response.get("FunctionError"):\n        raise _exception_of(action, answer)\n': "",
            'if not isinstance(answer, dict) or answer.get("action") != action:': "if not isinstance(answer, dict):",
            'state.clear()\n    state.update(answer["state"])\n    return answer["result"]': 'state.update(answer.get("state", answer))',
        },
        "wave-number-out-of-range",
        "exception",
        "error",
        "IndexError",
        None,
    ),
    Breakage(
        "the stub's result not put back",
        ORCHESTRATION,
        {
            'state.clear()\n    state.update(answer["state"])\n    return answer["result"]': 'return answer["result"]'
        },
        "drill-one-wave",
        "state",
        "result.job_id",
        "drsjob-",
        None,
    ),
    Breakage(
        "a skipped conditional write",
        EXECUTION,
        {
            "try:\n            get_execution_history_table().update_item(\n                Key={\n"
            '                    "executionId": execution_id,': "try:\n            (lambda **_: None)(\n                Key={\n"
            '                    "executionId": execution_id,',
        },
        "drill-one-wave",
        "calls",
        "dynamodb.UpdateItem",
        "waves[0] = :wave",
        MISSING,
    ),
    Breakage(
        "external id dropped",
        EXECUTION,
        {
            'return state.get("accountContext") or state.get("account_context") or {}': 'found = state.get("accountContext") or state.get("account_context") or {}\n'
            '    return {key: found[key] for key in found if key != "externalId"}'
        },
        "cross-account",
        "calls",
        "sts.AssumeRole parameters.ExternalId",
        "a-shared-secret",
        MISSING,
    ),
    Breakage(
        "the cancel check dropped",
        QUERY,
        {
            'if execution.get("status") == "CANCELLING":\n                logger.info(': 'if execution.get("status") == "NEVER":\n                logger.info('
        },
        "cancel-during-a-wave",
        "state",
        "result.status",
        "cancelled",
        "running",
    ),
    Breakage(
        "drill flag lost",
        EXECUTION,
        {"isDrill=is_drill,": ""},
        "drill-one-wave",
        "calls",
        "drs.StartRecovery parameters.isDrill",
        True,
        MISSING,
    ),
    Breakage(
        "region defaulted",
        EXECUTION,
        {'region = protection_group.get("region", DEFAULT_REGION)': "region = DEFAULT_REGION"},
        "other-region",
        "calls",
        "drs.StartRecovery region",
        "eu-west-1",
        "us-east-1",
    ),
    Breakage(
        "an extra StartRecovery",
        EXECUTION,
        {
            "response = drs_client.start_recovery(\n            isDrill=is_drill,": "drs_client.start_recovery(\n            isDrill=is_drill,\n            sourceServers=[\n"
            '                {"sourceServerID": server_id} for server_id in server_ids\n'
            "            ],\n        )\n        response = drs_client.start_recovery(\n"
            "            isDrill=is_drill,"
        },
        "drill-one-wave",
        "calls",
        "drs.StartRecovery",
        MISSING,
        "s-1111111111111111a",
    ),
    Breakage(
        "a wait changed by one second",
        ORCHESTRATION,
        {"DEFAULT_UPDATE_INTERVAL = 30": "DEFAULT_UPDATE_INTERVAL = 31"},
        "drill-one-wave",
        "state",
        "result.current_wave_update_time",
        30,
        31,
    ),
    Breakage(
        "an exception type changed",
        ORCHESTRATION,
        {"base = getattr(builtins, name, None)": "base, name = Exception, 'Exception'"},
        "wave-number-out-of-range",
        "exception",
        "error.type",
        "IndexError",
        "Exception",
    ),
]


@pytest.fixture(params=BREAKAGES, ids=lambda breakage: breakage.name)
def breakage(request: pytest.FixtureRequest) -> Breakage:
    found = request.param
    assert isinstance(found, Breakage)
    return found


@pytest.fixture
def broken(breakage: Breakage, root: Path, tmp_path: Path) -> Path:
    """A copy of the refactored tree with the breakage in it."""
    copy = tmp_path / "refactored"
    shutil.copytree(root / "refactored", copy)
    path = copy / breakage.file
    text = path.read_text(encoding="utf-8")
    for old, new in breakage.edits.items():
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {breakage.file}"
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return copy


def verdict_on(broken: Path, scenario: str, sides: Sides, migration: Migration) -> ScenarioResult:
    tree = read_tree(broken, migration, "refactored")
    chosen = select(shipped(), [scenario])
    return verify_scenario(Sides(sides.legacy, tree, sides.rules), chosen[0])


def test_breakage_is_found_where_it_is(
    breakage: Breakage, broken: Path, root: Path, sides: Sides, migration: Migration
) -> None:
    result = verdict_on(broken, breakage.scenario, sides, migration)
    assert result.verdict == "divergent"
    found = [
        finding.divergence
        for finding in result.findings
        if finding.divergence.kind == breakage.kind and breakage.path in finding.divergence.path
    ]
    shown = [(f.divergence.kind, f.divergence.path) for f in result.findings]
    assert found, f"no {breakage.kind} at {breakage.path} among {shown}"
    assert matches(breakage.legacy, found[0].legacy), found[0]
    assert matches(breakage.refactored, found[0].refactored), found[0]
    first = [line for line in divergences(result, "") if line.startswith("    ")]
    broken_at = owners(root / "refactored" / breakage.file, breakage.edits)
    named = [name for name in broken_at if any(re.search(rf"\b{name}\b", line) for line in first)]
    assert named, f"none of {broken_at} in:\n" + "\n".join(first)


def owners(path: Path, texts: Iterable[str]) -> set[str]:
    """The functions, or other top-level names, that were edited."""
    source = path.read_text(encoding="utf-8")
    lines = {source[: source.index(text)].count("\n") + 1 for text in texts}
    found = set()
    for node in ast.parse(source).body:
        assert node.end_lineno is not None
        if any(node.lineno <= line <= node.end_lineno for line in lines):
            for inner in [node, *ast.walk(node)]:
                name = getattr(inner, "name", None) or getattr(inner, "id", None)
                if name:
                    found.add(name)
                    break
    return found


def matches(wanted: Any, value: Any) -> bool:
    if isinstance(wanted, str):
        return wanted in str(value)
    return bool(wanted == value)


def test_there_are_twelve() -> None:
    assert len({breakage.name for breakage in BREAKAGES}) == 12
