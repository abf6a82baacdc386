from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codemods.syntax.source import parse, read
from drs_refactor.errors import InputError
from tests.codemods.small_tree import PLANNER
from tests.codemods.support import parsed, statement

PIECES = st.sampled_from(
    [
        "x = 1\n",
        "x = 1; y = 2\n",
        "\n",
        "# note\n",
        "   # indented note\n",
        "def f(a,\n      b=2):  # why\n\treturn a\n",
        "@wraps\ndef g(): pass\n",
        "class C:\n  def m(self):\n    '''doc\n\nmore'''\n",
        "if x:\n    y = 1\nelse:\n    y = 2\n",
        "try:\n    import a\nexcept ImportError:\n    a = None\n",
        's = """\n# no comment\n"""\n',
        "t = 'line\u2028separator'\n",
        "\x0c\n",
        "from m import (\n    a,  # one\n    b,\n)\n",
        "total = 1 + \\\n    2\n",
    ]
)
TEXTS = st.lists(PIECES, max_size=8).map("".join)


@settings(max_examples=120, deadline=None)
@given(TEXTS, st.sampled_from(["\n", "\r\n"]), st.booleans(), st.booleans())
def test_statements_are_the_text(text: str, newline: str, cut: bool, mark: bool) -> None:
    text = ("\ufeff" if mark else "") + text.replace("\n", newline)
    text = text.removesuffix(newline) if cut and not text.endswith("\\" + newline) else text
    file = parse(text.encode(), "f.py")
    if not file.statements:
        return
    first, last = file.statements[0], file.statements[-1]
    footer = text[last.end :]
    assert text[: first.start] + "".join(s.text for s in file.statements) + footer in (
        text,
        text + newline,  # LibCST ends the last line, if nothing does
    )
    for s in file.statements:
        assert s.start <= s.own <= s.code <= s.end <= len(text)
        assert not s.bare_text.lstrip(" \t\x0c").startswith("#")


@settings(max_examples=30, deadline=None)
@given(TEXTS)
def test_names_are_where_the_places_say(text: str) -> None:
    file = parsed(text)
    for s in file.statements:
        for name in s.references:
            for start, end in s.places_of(name):
                assert file.text[start:end] == name


def test_comments_above_belong_to_the_statement_after_a_blank_line() -> None:
    s = statement("x = 1\n\n# apart\n\n# mine\n# too\ndef f():\n    pass\n")
    assert s.own_text == "# mine\n# too\ndef f():\n    pass\n"
    assert s.bare_text == "def f():\n    pass\n"


def test_the_first_function_has_its_comment_too() -> None:
    s = statement("#!/usr/bin/python\n\n# mine\ndef f():\n    return g()\n", 0)
    assert s.own_text.startswith("# mine\ndef f")
    file = parsed("# mine\ndef f():\n    return g()\n")
    start, end = file.statements[0].places_of("g")[0]
    assert file.text[start:end] == "g"


@pytest.mark.parametrize(
    ("content", "line", "what"),
    [
        (b"x = 1\ndef f(:\n", 2, "syntax error"),
        (b"x = 1\nif x:\n  a\n\tb\n", 4, "syntax error"),
        (b"x = 1\ny = 2\0\n", 2, "syntax error"),
        (b"x = 1\ny = (1,\n", 2, "syntax error"),
        ("# -*- coding: latin-1 -*-\nx = '\xe9'\n".encode("latin-1"), 1, "iso-8859-1"),
        (b"x = '\xff'\n", 1, "cannot be decoded"),
        (b"# coding: nonsense\n", 1, "cannot be decoded"),
    ],
)
def test_files_that_cannot_be_read(content: bytes, line: int | None, what: str) -> None:
    with pytest.raises(InputError, match=what) as caught:
        parse(content, "fn/index.py")
    assert caught.value.line == line
    assert str(caught.value).startswith("fn/index.py:")
    assert "\n" not in str(caught.value)
    assert caught.value.mend


def test_a_missing_file_is_named_with_its_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file") as caught:
        read(tmp_path, "fn/index.py")
    assert caught.value.path == tmp_path / "fn/index.py"


def test_a_byte_order_mark_stays() -> None:
    assert parse(b"\xef\xbb\xbfx = 1\n", "f.py").text == "\ufeffx = 1\n"


def test_newer_syntax_than_the_running_python_parses() -> None:
    file = parsed("type Ids = list[str]\n\ndef first[T](a: T) -> T:\n    return f'{a!r:{'>9'}}'\n")
    assert file.function("first") is not None
    assert "Ids" in file.bound


def test_a_function_that_is_there_twice_is_refused_with_both_lines() -> None:
    file = parsed("def f(): pass\n\ndef f(): pass\n")
    with pytest.raises(InputError, match="lines 1 and 3") as caught:
        file.function("f")
    assert caught.value.line == 3


def test_functions_in_classes_and_functions_are_none_of_the_module() -> None:
    file = parsed("class C:\n    def f(self): pass\n\ndef g():\n    def f(): pass\n")
    assert file.function("f") is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("from m import *\n", True),
        ("try:\n    from m import *\nexcept ImportError:\n    pass\n", True),
        ('"""from m import *"""\nfrom m import a\n', False),
    ],
)
def test_star_imports_are_seen(text: str, found: bool) -> None:
    assert (parsed(text).star_import is not None) is found


def test_bindings_in_order() -> None:
    file = parsed(PLANNER)
    assert [s.index for s in file.bound["LIMIT"]] == [file.bound["STEPS"][0].index - 1]
    binding = parsed("x = 1\nif x:\n    x = 2\n").binding("x")
    assert binding is not None
    assert binding.guarded
