from __future__ import annotations

from pathlib import Path

import libcst as cst
import pytest

from codemods.tree_modules import Imported, TreeModules, imports_at_run

FILES = {
    "fn/one/index.py": "",
    "fn/one/own.py": "",
    "fn/one/pkg/__init__.py": "from .deep import x\n",
    "fn/one/pkg/deep.py": "x = 1\n",
    "fn/one/spaces/part.py": "",
    "fn/two/index.py": "",
    "fn/two/pkg/__init__.py": "from .deep import x\n",
    "fn/two/pkg/deep.py": "x = 2\n",
    "fn/both/queue.py": "",
    "layer/shared/__init__.py": "",
    "fn/one/data/notes.txt": "",
}


@pytest.fixture
def modules(tmp_path: Path) -> TreeModules:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return TreeModules(tmp_path, ["layer"])


@pytest.mark.parametrize(
    ("importer", "module", "found"),
    [
        ("fn/one/index.py", "own", "fn/one/own.py"),
        ("fn/two/index.py", "own", None),
        ("fn/one/index.py", "pkg", "fn/one/pkg/__init__.py"),
        ("fn/one/index.py", "pkg.deep", "fn/one/pkg/deep.py"),
        ("fn/one/pkg/deep.py", "index", "fn/one/index.py"),
        ("fn/one/pkg/deep.py", "..own", "fn/one/own.py"),
        ("fn/one/pkg/__init__.py", ".deep", "fn/one/pkg/deep.py"),
        ("fn/one/index.py", "spaces", "fn/one/spaces"),
        ("fn/one/index.py", "data", None),
        ("fn/one/index.py", "shared", "layer/shared/__init__.py"),
        ("fn/one/index.py", "fn.two.index", "fn/two/index.py"),
        ("fn/one/index.py", "boto3", None),
        ("fn/both/x.py", "queue", "fn/both/queue.py"),
        ("fn/both/deep/x.py", "queue", None),
    ],
)
def test_where_a_module_is(
    modules: TreeModules, importer: str, module: str, found: str | None
) -> None:
    assert modules.file_of(importer, module) == found


def test_packages_are_the_same_if_all_that_they_load_is(
    modules: TreeModules, tmp_path: Path
) -> None:
    places = ("fn/one/index.py", "fn/two/index.py")
    assert not modules.same("pkg", *places)
    (tmp_path / "fn/two/pkg/deep.py").write_text("x = 1\n")
    assert modules.same("pkg", *places)
    assert not modules.same("own", *places)
    assert modules.same("shared", *places)


def test_imports_for_type_checkers_are_left_out() -> None:
    code = (
        "if typing.TYPE_CHECKING:\n    from a import b\nelse:\n    import c.d\n"
        "def f():\n    from ..e import g as h, i\n    from k import *\n"
    )
    nodes = cst.parse_module(code).body
    found = {imported for node in nodes for imported in imports_at_run(node)}
    assert found == {Imported("c.d"), Imported("..e", ("g", "i")), Imported("k")}
    assert Imported("..e", ("g",)).parts() == ["..e", "..e.g"]
    assert Imported("..", ("g",)).parts() == ["..g"]
