from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codemods.migrate import diff
from codemods.tree_files import first_difference, wanted_files
from tests.codemods.small_tree import PATHS, PLANNER
from tests.codemods.support import Tree

FILLERS = st.lists(
    st.sampled_from(
        [
            "# note\n",
            "\n",
            "OTHER = {'a': [1, 2]}\n",
            "\x0c\n",
            "def other(x):\n\t'''doc'''\n\treturn x\n",
            "class Kept:\n  size: int = 1\n",
            "TEXT = '''\n# ====\n'''\n",
            "if LIMIT:\n    FLAG = 'é\u2028'\n",
        ]
    ),
    max_size=4,
).map("".join)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(FILLERS, FILLERS, st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_the_move_keeps_what_it_does_not_move(
    tmp_path_factory: pytest.TempPathFactory, one: str, two: str, newline: str, cut: bool
) -> None:
    tree = Tree(tmp_path_factory.mktemp("tree"))
    text = PLANNER.replace("\n\n# Settings", f"\n{one}\n\n# Settings") + f"\n\n{two}"
    text = text.replace("\n", newline)
    tree.write("planner", text.rstrip() if cut else text)
    result = tree.written()
    assert all(m.verbatim for m in result.moved)
    new = result.wanted[PATHS["planner"]].decode()
    for line in (one + two).replace("\n", newline).split(newline):
        assert line.strip() in new
    tree.changed()
    again = tree.migrate()
    assert again.wanted == result.wanted
    assert first_difference(tree.output, again.wanted) is None


def test_the_source_is_never_touched(tree: Tree) -> None:
    before = wanted_files(tree.root, {})
    tree.written()
    assert wanted_files(tree.root, {}) == before


@pytest.mark.parametrize("ending", ["", "\n"])
def test_the_diff_is_a_patch(tree: Tree, ending: str, tmp_path: Path) -> None:
    tree.write("planner", PLANNER.rstrip() + ending)
    tree.change("reader", "import os\n", "import os\n\x0c\n# \u2028\n")
    result = tree.written()
    subprocess.run(
        ["patch", "-p1", "--quiet", "-d", str(tree.root)],
        input="".join(diff(result)).encode(),
        check=True,
    )
    for path, text in result.plan.texts.items():
        assert (tree.root / path).read_bytes() == text.encode()


def test_what_is_left_of_the_services(tree: Tree) -> None:
    (tree.root / "fn/shared/common.py").write_text(
        "def make():\n    return boto3.client('batch')\n"
    )
    tree.change("planner", "import boto3\n", "import boto3\nfrom common import make\n")
    line = tree.line("planner", "from common")
    assert tree.migrate().service_calls_left == (
        f"fn/planner/index.py:{line + 4}: imports make (fn/shared/common.py), which calls batch",
    )


def test_layers_must_be_there_and_may_hold_anything(tree: Tree) -> None:
    (tree.root / "fn/shared/common.py").write_bytes(b"\xff")
    tree.migrate()
    tree.configure('layers = ["fn/shared"]', 'layers = ["fn/lost"]')
    error = tree.refusal()
    assert error.path == tree.root / "fn/lost"


def test_a_tree_that_is_not_there(tree: Tree) -> None:
    tree.root.rename(tree.root.with_name("away"))
    assert "no such folder" in tree.refusal().what


def test_an_expression_that_is_nested_too_deeply(tree: Tree) -> None:
    tree.change("reader", "import os\n", f"import os\nX = {'1 + ' * 900}1\n")
    error = tree.refusal()
    assert "nested too deeply" in error.what
