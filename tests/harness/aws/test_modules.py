from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from harness.aws.compiling import Sources
from harness.aws.modules import ModuleSpace


def space(folder: Path, **files: str) -> tuple[ModuleSpace, list[str]]:
    for name, source in files.items():
        path = folder / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(source))
    printed: list[str] = []
    return ModuleSpace(Sources([folder]), {}, printed.append), printed


def test_two_spaces_share_nothing(tmp_path: Path) -> None:
    one, _ = space(tmp_path, index="import state\nstate.SEEN.append(1)", state="SEEN = []")
    other = ModuleSpace(Sources([tmp_path]), {}, print)
    for each in (one, one, other):
        each.load(tmp_path / "index.py", "index")
    assert one.import_module("state").SEEN == [1, 1]
    assert other.import_module("state").SEEN == [1]


def test_packages_submodules_and_relative_imports(tmp_path: Path) -> None:
    sources = {
        "package__init": "",
        "package__one": "from . import two\nfrom .two import VALUE\nfrom .deep import three",
        "package__two": "VALUE = 2",
        "package__deep__three": "from ..two import VALUE as V",
        "index": "import package.one\nimport package.two as two\nfrom package import deep\n"
        "from package.deep.three import V\nimport os.path\nimport json as j",
    }
    modules, _ = space(tmp_path, **sources)
    (tmp_path / "package" / "__init__.py").write_text("")
    index = modules.load(tmp_path / "index.py", "index")
    assert index.package.one.VALUE == 2
    assert index.two.VALUE == index.V == 2
    assert index.package.one is modules.import_module("package.one")
    assert index.os.path.sep == "/"
    assert index.j.dumps(1) == "1"


def test_what_it_lacks_is_not_there(tmp_path: Path) -> None:
    sources = {
        "package__init": "",
        "package__one": "OLD = 1\nNEW = 2",
        "package__two": "",
        "index": "tried = []\n"
        + "".join(
            f"try:\n    {statement}\nexcept ImportError as error:\n    tried.append(str(error))\n"
            for statement in (
                "from package.one import OLD",
                "from package.one import NEW",
                "import package.two",
                "from package import two",
            )
        ),
    }
    space(tmp_path, **sources)
    (tmp_path / "package" / "__init__.py").write_text("")
    lacks = frozenset({"package.one.NEW", "package.two"})
    modules = ModuleSpace(Sources([tmp_path]), {}, print, lacks=lacks)
    found = modules.load(tmp_path / "index.py", "index").tried
    assert [text.partition(" (")[0] for text in found] == [
        "cannot import name 'NEW' from 'package.one'",
        "No module named 'package.two'",
        "cannot import name 'two' from 'package'",
    ]


def test_imports_inside_functions_and_fallbacks(tmp_path: Path) -> None:
    modules, _ = space(
        tmp_path,
        index="""
        try:
            from missing.module import thing
        except ImportError:
            thing = "fallback"
        def late():
            import helper
            return helper.VALUE
    """,
        helper="VALUE = 'late'",
    )
    index = modules.load(tmp_path / "index.py", "index")
    assert (index.thing, index.late()) == ("fallback", "late")


def test_a_module_that_fails_is_tried_again(tmp_path: Path) -> None:
    modules, _ = space(tmp_path, broken="raise ValueError('at import')")
    for _ in range(2):
        with pytest.raises(ValueError, match="at import"):
            modules.import_module("broken")


def test_the_trees_own_module_hides_an_installed_one_but_not_a_standard_one(tmp_path: Path) -> None:
    modules, _ = space(tmp_path, index="import yaml, json", yaml="MINE = 1", json="MINE = 1")
    index = modules.load(tmp_path / "index.py", "index")
    assert index.yaml.MINE == 1
    assert not hasattr(index.json, "MINE")


def test_print_is_collected(tmp_path: Path) -> None:
    modules, printed = space(tmp_path, index="print('a', 1, sep='-')")
    modules.load(tmp_path / "index.py", "index")
    assert printed == ["a-1"]


def test_importlib_finds_the_same_modules(tmp_path: Path) -> None:
    modules, _ = space(
        tmp_path, index="import importlib\nm = importlib.import_module('helper')", helper="V = 1"
    )
    assert modules.load(tmp_path / "index.py", "index").m is modules.import_module("helper")
