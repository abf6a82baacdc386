"""Where cfn-lint had nothing to say of a template, it has nothing to say of the edited one."""

from __future__ import annotations

from pathlib import Path

import pytest
from cfnlint.api import lint_file

from codemods.migrate import migrate
from drs_refactor.__main__ import main
from drs_refactor.migration import load
from tests.codemods.small_tree import SERVERLESS
from tests.codemods.support import Tree


def said(*templates: Path) -> list[tuple[str, str]]:
    """What cfn-lint says, by rule and text; places shift with the lines that were added."""
    return [(match.rule.id, match.message) for path in templates for match in lint_file(path)]


def test_the_shipped_templates(root: Path) -> None:
    assert said(*sorted((root / "legacy/cfn").glob("*.yaml"))) == []
    assert said(*sorted((root / "refactored/cfn").glob("*.yaml"))) == []


def test_the_other_tree_s_template(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    sample = root / "tests/samples/crawlers"
    assert main(["init", "--source", str(sample)]) == 0
    config = tmp_path / "migration.toml"
    text = config.read_text()
    config.write_text(text.replace('= "states"\n', '= "states"\naction = "crawler_states"\n'))
    result = migrate(sample, load(config))
    (tmp_path / "template.yaml").write_bytes(result.wanted["template.yaml"])
    before = said(sample / "template.yaml")
    assert [rule for rule, _ in before] == ["W1101"]  # an alias, which `package` would resolve
    assert said(tmp_path / "template.yaml") == before


@pytest.mark.parametrize(
    "policies",
    [
        "",
        "Policies: AWSLambdaBasicExecutionRole",
        "Policies: [AWSLambdaBasicExecutionRole, {SQSPollerPolicy: {QueueName: q}}]",
        "Policies:\n        - AWSLambdaBasicExecutionRole",
        "Policies: {Statement: [{Effect: Allow, Action: 's3:*', Resource: '*'}]}",
    ],
)
def test_a_serverless_template(tree: Tree, tmp_path: Path, policies: str) -> None:
    place = "      CodeUri: s3://code/planner.zip\n"
    tree.write("template", SERVERLESS.replace(place, f"{place}      {policies}\n"))
    new = tmp_path / "template.yaml"
    new.write_text(tree.new("template"))
    assert "lambda:InvokeFunction" in new.read_text()
    assert said(new) == said(tree.path("template")) == []
