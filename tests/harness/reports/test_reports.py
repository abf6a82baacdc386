"""One result with a divergence, in every form that it is written in."""

from __future__ import annotations

import json
from dataclasses import replace
from xml.etree import ElementTree

from harness.allowances import Allowance
from harness.blame import Suspect
from harness.comparison import Divergence
from harness.elsewhere import Elsewhere
from harness.reports import documents, markdown, text
from harness.results import Finding, ScenarioResult, Verification
from harness.scenario import Scenario
from harness.values import MISSING

SCENARIO = Scenario("pause|<x>", "Shows <script>alert(1)</script> | and `code`.")
PLACES = ("a/index.py:1 old", "b/index.py:2 new")
FINDINGS = (
    Finding(Divergence("state", 3, "result.status", "paused", "running", *PLACES), "warm"),
    Finding(Divergence("table", 0, "plans[0].n", MISSING, None), "cold"),
    *(Finding(Divergence("logs", 4, f"logs f{n}", "a", "b"), "warm") for n in range(9)),
)


def result(*findings: Finding) -> ScenarioResult:
    verdict = "divergent" if findings else "identical"
    return ScenarioResult(
        SCENARIO.name,
        SCENARIO.shows,
        verdict,
        findings,
        ("Value changed.",),
        (),
        5,
        6,
        930.0,
        1.25,
        SCENARIO,
        suspects=(Suspect("b/index.py:2", "new", "is new"),),
    )


VERIFICATION = Verification(
    "divergent",
    (result(*FINDINGS), result()),
    (Allowance("invocations", "the move", 0),),
    "identical",
    2.5,
    2,
)
REPLAYS = {SCENARIO.name: "drs-refactor replay case.json"}
TREES = {"legacy": "legacy", "refactored": "new"}


def test_text_shows_scenario_step_path_values_and_replay() -> None:
    lines = list(text.divergences(VERIFICATION.results[0], REPLAYS[SCENARIO.name]))
    assert lines[2:] == [
        "  state, step 3, result.status",
        '    legacy      "paused"  (a/index.py:1 old)',
        '    refactored  "running"  (b/index.py:2 new)',
        "    look at     b/index.py:2 new: is new",
        "    deepdiff    Value changed.",
        "  10 more followed (1 table, 9 logs): drs-refactor replay case.json --all",
        "  replay: drs-refactor replay case.json",
    ]


def test_everything_is_shown_where_it_is_asked_for() -> None:
    lines = list(text.divergences(VERIFICATION.results[0], "replay", everything=True))
    assert "  table, in the end, plans[0].n (cold containers only)" in lines
    assert sum(line.startswith("  logs, step 4") for line in lines) == 9
    assert not any("more followed" in line for line in lines)


def test_long_values_begin_where_they_differ() -> None:
    one, other = text.apart("a" * 500 + "b" + "c" * 500, "a" * 500 + "B" + "c" * 500)
    assert one.startswith("… a")
    assert "b" in one
    assert "B" in other
    assert max(len(one), len(other)) < 310


def test_what_was_not_checked_is_said() -> None:
    partial = replace(VERIFICATION, unchecked=(("query", "arn:role/x"),))
    assert any("not checked: the permissions of query" in line for line in text.runtime(partial))


def test_an_interrupted_run_and_a_broad_allowance_say_so() -> None:
    broad = Allowance("logs", "noise", 5, at_most=2)
    partial = replace(VERIFICATION, asked=9, allowances=(broad,))
    lines = list(text.summary(partial))
    assert lines[1].endswith("5 hits of at most 2: it hides more than its scope, narrow it")
    assert lines[-1].endswith("of 9 asked for, 2 done: interrupted in 2.5 s")


def test_the_summary_counts_and_tells_unused_allowances() -> None:
    lines = list(text.summary(VERIFICATION))
    assert lines[1] == "allowance: invocations (the move): unused"
    assert lines[2] == "control: legacy against itself is identical"
    assert lines[3] == "divergent: 1 identical, 1 divergent of 2 scenarios in 2.5 s"


def test_long_values_are_cut_with_their_length() -> None:
    assert text.shown("x" * 1000).endswith("… (1,002 characters)")


def test_json_has_the_keys_that_others_rely_on() -> None:
    document = json.loads(json.dumps(documents.as_json(VERIFICATION, TREES, {"moto": "5"})))
    assert document["verdict"] == "divergent"
    first = document["scenarios"][0]
    assert {"name", "verdict", "divergences"} <= first.keys()
    assert first["divergences"][1] == {
        "kind": "table",
        "step": 0,
        "path": "plans[0].n",
        "legacy": {"$missing": True},
        "refactored": None,
        "legacy_place": "",
        "refactored_place": "",
        "containers": "cold",
    }
    assert len(first["divergences"]) == len(FINDINGS)


def test_junit_fails_what_is_not_identical() -> None:
    suite = ElementTree.fromstring(documents.as_junit(VERIFICATION, REPLAYS))
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("2", "1", "0")
    failed = [case for case in suite if case.find("failure") is not None]
    assert [case.get("name") for case in failed] == [SCENARIO.name]


def test_junit_is_xml_whatever_a_name_has_in_it() -> None:
    odd = replace(VERIFICATION, results=(replace(result(*FINDINGS), name="a\x00b"),))
    suite = ElementTree.fromstring(documents.as_junit(odd, {"a\x00b": "replay a\x1bb"}))
    assert [case.get("name") for case in suite] == ["a\ufffdb"]


def test_markdown_takes_names_and_values_as_data() -> None:
    report = markdown.report(VERIFICATION, TREES, {"moto": "5"}, REPLAYS)
    assert "<script>" not in report
    row = next(line for line in report.splitlines() if line.startswith("| pause"))
    assert "pause\\|&lt;x>" in row
    assert report.count("| unused |") == 1


def test_markdown_is_the_same_for_the_same_result() -> None:
    assert markdown.report(VERIFICATION, TREES, {}, REPLAYS) == markdown.report(
        VERIFICATION, TREES, {}, REPLAYS
    )


ELSEWHERE = replace(
    VERIFICATION,
    elsewhere=Elsewhere(
        ("Stage is prod",),
        ("AWS::Region is <b>",),
        (Divergence("deployment", 0, "f OWNER_ARN, where Stage is prod", MISSING, "it is not g"),),
        ("role permits lambda:* on any function",),
    ),
)


def test_what_the_templates_are_elsewhere() -> None:
    lines = list(text.summary(ELSEWHERE))
    told = (
        'deployment: f OWNER_ARN, where Stage is prod: legacy (missing), refactored "it is not g"'
    )
    assert told in lines
    assert "deployments: the templates were also read as 1 others, by Stage" in lines
    assert any(line.startswith("deployments: not compared, ") for line in lines)
    assert any(line.startswith("permissions: role permits lambda:*") for line in lines)
    page = markdown.report(ELSEWHERE, TREES, {}, REPLAYS)
    assert f"- {told}" in page
    assert "<b>" not in page
    found = documents.as_json(ELSEWHERE, TREES, {})["deployments"]
    assert [one["path"] for one in found["divergences"]] == ["f OWNER_ARN, where Stage is prod"]
    suite = ElementTree.fromstring(documents.as_junit(ELSEWHERE, REPLAYS))
    assert (suite.get("tests"), suite.get("failures")) == ("3", "2")
    assert suite[-1].get("name") == "other deployments"
    assert "OWNER_ARN" in str(suite[-1][0].text)
