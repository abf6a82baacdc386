from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from drs_refactor.errors import InputError
from drs_refactor.migration import Migration
from harness.tree import read_tree
from harness.world import World


@pytest.fixture
def copy(root: Path, tmp_path: Path) -> Path:
    """A copy of the legacy tree, to spoil."""
    shutil.copytree(root / "legacy", tmp_path / "tree")
    return tmp_path / "tree"


def spoil(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_the_world_comes_from_the_templates(copy: Path, migration: Migration) -> None:
    tree = read_tree(copy, migration, "legacy")
    orchestration = tree.functions["orchestration"]
    assert orchestration.timeout == 120
    assert orchestration.variables["EXECUTION_HISTORY_TABLE"] in {t.name for t in tree.tables}
    assert "QUERY_HANDLER_ARN" not in orchestration.variables
    assert tree.functions["query-handler"].variables.get("EXECUTION_HISTORY_TABLE") is None
    (machine,) = tree.machines
    definition = json.loads(machine.definition)
    assert definition["StartAt"] == "InitiateWavePlan"
    assert orchestration.arn in machine.definition
    assert [table.name for table in tree.tables if "execution-history" in table.name]


def test_a_changed_limit_or_variable_in_a_template_is_seen(
    copy: Path, migration: Migration
) -> None:
    spoil(copy / "cfn/lambda.yaml", "Timeout: 120", "Timeout: 7")
    spoil(copy / "cfn/lambda.yaml", "          PROJECT_NAME:", "          PROJECT:")
    orchestration = read_tree(copy, migration, "legacy").functions["orchestration"]
    assert orchestration.timeout == 7
    assert "PROJECT_NAME" not in orchestration.variables


def test_the_other_side_has_the_arns(root: Path, migration: Migration) -> None:
    tree = read_tree(root / "refactored", migration, "refactored")
    functions = tree.functions
    for caller, callee, variable in (
        ("orchestration", "execution-handler", "EXECUTION_HANDLER_ARN"),
        ("orchestration", "query-handler", "QUERY_HANDLER_ARN"),
        ("query-handler", "execution-handler", "EXECUTION_HANDLER_ARN"),
    ):
        assert functions[caller].variables[variable] == functions[callee].arn
        assert functions[caller].timeout > functions[callee].timeout


@pytest.mark.parametrize(
    ("spoiled", "what"),
    [
        ("lambda/query-handler/index.py", "there is no such file"),
        ("cfn", "no template matches"),
        ("cfn/lambda.yaml", "no template defines the function"),
    ],
)
def test_what_is_missing_is_told(copy: Path, migration: Migration, spoiled: str, what: str) -> None:
    path = copy / spoiled
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
    with pytest.raises(InputError, match=what) as caught:
        read_tree(copy, migration, "legacy")
    assert "migration.toml" in caught.value.mend


@pytest.mark.parametrize(
    "path", ["lambda/orchestration-stepfunctions/index.py", "lambda/shared/config_merge.py"]
)
def test_a_syntax_error_is_told_with_its_line(copy: Path, migration: Migration, path: str) -> None:
    text = (copy / path).read_text()
    (copy / path).write_text(f"{text}x = (\n")
    with pytest.raises(InputError, match="syntax error") as caught:
        read_tree(copy, migration, "legacy")
    assert caught.value.place == f"{copy / path}:{text.count(chr(10)) + 1}"


def test_a_definition_that_is_no_state_machine_is_told(copy: Path, migration: Migration) -> None:
    spoil(copy / "cfn/step-functions.yaml", '"WaitForWaveUpdate": {', '"WaitForWaveUpdate": [')
    tree = read_tree(copy, migration, "legacy")
    with pytest.raises(InputError, match="no valid state machine") as caught, World(tree):
        pytest.fail("the world must not open")
    assert caught.value.place.endswith("cfn/step-functions.yaml")


def test_a_missing_tree_is_told(tmp_path: Path, migration: Migration) -> None:
    with pytest.raises(InputError, match="there is no such folder") as caught:
        read_tree(tmp_path / "none", migration, "legacy")
    assert "--legacy" in caught.value.mend


def test_a_definition_elsewhere_is_told_and_can_be_named(copy: Path, migration: Migration) -> None:
    path = copy / "cfn/step-functions.yaml"
    before = read_tree(copy, migration, "legacy").machines[0]
    spoil(path, "DefinitionString:", "DefinitionOfAnotherKind:")
    with pytest.raises(InputError, match="has no Definition or DefinitionString") as caught:
        read_tree(copy, migration, "legacy")
    assert caught.value.mend.endswith(f'[templates.definitions] {before.logical_id} = "…"')
    (copy / "machine.asl.json").write_text(before.definition, encoding="utf-8")
    templates = replace(migration.templates, definitions={before.logical_id: "machine.asl.json"})
    told = replace(migration, templates=templates)
    assert read_tree(copy, told, "legacy").machines[0].definition == before.definition
    (copy / "machine.asl.json").unlink()
    with pytest.raises(InputError, match="cannot be read") as caught:
        read_tree(copy, told, "legacy")
    assert caught.value.place.endswith("machine.asl.json")


def test_a_layer_that_is_not_there(copy: Path, migration: Migration) -> None:
    wrong = replace(migration, layers=("nolayer",))
    with pytest.raises(InputError, match=r"tree/nolayer: there is no such folder.* layers"):
        read_tree(copy, wrong, "legacy")
