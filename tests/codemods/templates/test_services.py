from __future__ import annotations

import pytest

from codemods.scene import read_scene
from codemods.templates.services import used_by
from drs_refactor.migration import load
from tests.codemods.support import Tree

SHARED = "import boto3\n\n\ndef table():\n    return boto3.resource('dynamodb').Table('t')\n"


@pytest.mark.parametrize(
    ("body", "services"),
    [
        ("pass", ()),
        ("boto3.client('glue').start_crawler(Name='a')", ("glue",)),
        ("number.start_crawler(Name='a')", ()),
        ("tables.table().get_item(Key={})", ("dynamodb",)),
        ("table().get_item(Key={})", ("dynamodb",)),
    ],
)
def test_what_moved_code_uses(tree: Tree, body: str, services: tuple[str, ...]) -> None:
    (tree.root / "fn/shared/tables.py").write_text(SHARED)
    text = tree.text("planner").replace("import boto3\n", "import boto3, tables\n", 1)
    text = text.replace(
        "import boto3, tables\n", "import boto3, tables\nfrom tables import table\n"
    )
    stays = "    boto3.client('sqs', boto3.client(action))\n    return find("
    text = text.replace("    return find(", stays, 1)
    tree.write("planner", text.replace('    state["queue"] = QUEUE\n', f"    {body}\n"))
    scene = read_scene(tree.root, load(tree.config))
    used = used_by(scene, "planner", [scene.statements["start_batch"]])
    assert used.services == services
    assert used.untold == ()
