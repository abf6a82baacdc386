"""The examples for CI, as far as they can be run without CI."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from drs_refactor.__main__ import main, parser

STEPS = ("uses", "run", "with", "if", "name")


pytestmark = pytest.mark.usefixtures("in_process")


@pytest.fixture(scope="module")
def workflow(root: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((root / "docs/ci/github-actions.yml").read_text())
    return found


def commands(workflow: dict[str, Any], job: str) -> list[str]:
    steps = workflow["jobs"][job]["steps"]
    assert all(set(step) <= {*STEPS} and ("uses" in step) != ("run" in step) for step in steps)
    return [step["run"] for step in steps if "run" in step]


def test_the_verify_job_runs(
    workflow: dict[str, Any], checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its commands in their order; one scenario stands for all."""
    for command in commands(workflow, "verify"):
        words = shlex.split(command)
        if words[0] == "drs-refactor":
            few = ["--scenario", "drill-one-wave"] if words[1] == "verify" else []
            assert main([*words[1:], *few]) == 0, capsys.readouterr()
        elif words[0] == "cat":
            assert (checkout / words[1]).read_text(encoding="utf-8").startswith("# ")
        else:
            assert command == "python -m pip install drs-refactor"


def test_the_signoff_job_asks_for_what_there_is(workflow: dict[str, Any], root: Path) -> None:
    steps = workflow["jobs"]["signoff"]["steps"]
    (asked,) = [c for c in commands(workflow, "signoff") if c.startswith("drs-refactor")]
    options = parser().parse_args(shlex.split(asked)[1:])
    assert options.output == Path("reports")
    written = {path.relative_to(root).as_posix() for path in (root / "reports").rglob("*")}
    for step in steps:
        for name in re.findall(r"reports/[\w.]+", str(step)):
            assert name in written
    summary = next(c for c in commands(workflow, "signoff") if c.startswith("cat"))
    assert summary == 'cat reports/signoff.md >> "$GITHUB_STEP_SUMMARY"'


def test_what_must_be_uploaded_is_uploaded_after_a_no(workflow: dict[str, Any]) -> None:
    steps = workflow["jobs"]["signoff"]["steps"]
    after = steps[[s.get("run", "").startswith("drs-refactor") for s in steps].index(True) + 1 :]
    assert after
    assert all(step["if"] == "always()" for step in after)


def test_jobs_may_write_findings_and_nothing_else(workflow: dict[str, Any]) -> None:
    assert workflow["permissions"] == {"contents": "read", "security-events": "write"}


def test_the_pre_commit_hook_is_there(root: Path, checkout: Path) -> None:
    example = yaml.safe_load((root / "docs/ci/pre-commit-config.yaml").read_text())
    (wanted,) = example["repos"][0]["hooks"]
    hooks = yaml.safe_load((root / ".pre-commit-hooks.yaml").read_text())
    (entry,) = [hook["entry"] for hook in hooks if hook["id"] == wanted["id"]]
    assert main(shlex.split(entry)[1:]) == 0
    changed = checkout / "refactored/lambda/query-handler/index.py"
    changed.write_text(changed.read_text() + "\n# changed\n")
    assert main(shlex.split(entry)[1:]) == 1
