from __future__ import annotations

import ast

import pytest

from codemods import imports
from codemods.edits import apply
from tests.codemods.fake_lambda import run
from tests.codemods.support import parsed, statement


def inserted(text: str, *lines: str, guarded: tuple[str, ...] = ()) -> str:
    return apply(text, imports.insertion(parsed(text), lines, guarded))


@pytest.mark.parametrize(
    ("text", "line", "result"),
    [
        ("import os\n\nimport boto3\n", "import json", "import os\nimport json\n\nimport boto3\n"),
        ("import os\n\nimport boto3\n", "import b", "import os\n\nimport boto3\nimport b\n"),
        ("import os\n", "from m import a", "import os\nfrom m import a\n"),
        ('"""Doc."""\n\nX = 1\n', "import os", '"""Doc."""\nimport os\n\n\n\nX = 1\n'),
        ("X = 1\n", "import os", "import os\n\n\nX = 1\n"),
        ("import os", "import json", "import os\nimport json\n"),
        ("", "import os", "import os\n\n\n"),
        ("import os\r\nX = 1\r\n", "import json", "import os\r\nimport json\r\nX = 1\r\n"),
    ],
)
def test_where_an_import_goes(text: str, line: str, result: str) -> None:
    assert inserted(text, line) == result


def test_the_docstring_and_future_imports_stay_first() -> None:
    result = inserted(
        '"""Doc."""\nfrom __future__ import annotations\n', "import os", "import libcst"
    )
    assert run(result)["__doc__"] == "Doc."


def test_imports_below_a_change_of_the_path_follow_it() -> None:
    text = "import sys\nsys.path.insert(0, '.')\nfrom shared import a\n"
    assert inserted(text, "from shared import b").endswith(
        "from shared import a\nfrom shared import b\n"
    )


def test_guarded_imports_follow_the_plain_ones() -> None:
    block = "try:\n    import a\nexcept ImportError:\n    a = None\n"
    result = inserted("import os\nX = 1\n", "import json", guarded=(block,))
    assert result == f"import os\nimport json\n\n{block}X = 1\n"


def test_names_of_one_module_share_a_statement_and_long_ones_are_wrapped() -> None:
    assert imports.written(["from m import b", "from m import a", "import c"]) == (
        "import c\nfrom m import a, b\n"
    )
    text = imports.written([f"from module import {'long_name' * 3}_{i}" for i in range(3)])
    assert max(map(len, text.splitlines())) < 80
    assert len(ast.parse(text).body) == 1


@pytest.mark.parametrize(
    ("text", "gone", "result"),
    [
        ("from m import a, b, c\n", "b", "from m import a, c\n"),
        ("from m import a, b  # both\n", "b", "from m import a  # both\n"),
        ("import a, b\n", "a", "import b\n"),
        ("import a; import b\n", "b", "import a\n"),
        ("import a.x as z, b\n", "z", "import b\n"),
        ("from m import a as x, b\n", "x", "from m import b\n"),
        (
            "from m import (\n    a,  # one\n    b,  # two\n)\n",
            "b",
            "from m import (\n    a,  # one\n)\n",
        ),
        (
            "from m import (\n    a,  # one\n    b,  # two\n)\n",
            "a",
            "from m import (\n    b,  # two\n)\n",
        ),
        ("from m import (\n    a,\n    b\n)\n", "b", "from m import (\n    a\n)\n"),
        ("from m import (a, b)\n", "b", "from m import (a)\n"),
        ("from m import a, \\\n    b\n", "b", "from m import a\n"),
        ("# why\nfrom m import a, b\n", "a", "from m import b\n"),
    ],
)
def test_an_import_without_a_name(text: str, gone: str, result: str) -> None:
    assert imports.without(statement(text), frozenset({gone})) == result


def test_what_is_missing_and_what_is_taken() -> None:
    file = parsed("import os\njson = None\nfrom time import time\n")
    lines = ["import os", "import json", "import time", "import boto3"]
    assert imports.missing(file, lines) == (["import boto3"], ["import json", "import time"])


@pytest.mark.parametrize(
    ("text", "name", "lines"),
    [
        ("import a.b, a.c\n", "a", ["import a.b", "import a.c"]),
        ("import a as b\n", "b", ["import a as b"]),
        ("import a.b as c\n", "c", ["from a import b as c"]),
        ("from . import a, b\n", "b", ["from . import b"]),
        ("from m import (a as b,\n  c)\n", "b", ["from m import a as b"]),
    ],
)
def test_one_name_of_an_import(text: str, name: str, lines: list[str]) -> None:
    assert imports.imports_of(statement(text), name) == lines


@pytest.mark.parametrize(
    ("text", "is_import"),
    [
        ("import a\n", True),
        ("import a; x = 1\n", False),
        ("try:\n    import a\nexcept ImportError:\n    a = None\n", True),
        ("try:\n    x = 1\nfinally:\n    pass\n", False),
        ("if x:\n    import a\n", False),
    ],
)
def test_import_statements(text: str, is_import: bool) -> None:
    assert imports.is_import(statement(text)) is is_import
