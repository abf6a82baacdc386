from __future__ import annotations

from pathlib import Path

import pytest

from drs_refactor.errors import InputError
from drs_refactor.migration import load

GOOD = """\
layers = ["lib"]

[trees]
legacy = "old"

[functions.one]
path = "one/index.py"
resource = "OneFunction"

[functions.two-b]
path = "two/index.py"
handler = "main"
variables = { A = "b", N = 3 }

[templates]
files = ["*.yaml"]
role = "Role"

[[ moves ]]  # the first
function = "work"
rename = "labour"
from = "one"
to = "two-b"
payload = { state = "event['state']" }
mutates = "state"
returns = "state"
on_invocation_failure = { done = true, parts = [1, { a = "b" }] }

[[moves]]
function = "help"
from = "one"
to = "two-b"
helper = true

[[aliases]]
function = "two-b"
name = "get"
alias = "own_get"
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "migration.toml"
    path.write_text(GOOD)
    return path


def test_a_whole_file(file: Path) -> None:
    found = load(file)
    work, helper = found.moves
    assert (found.legacy, found.refactored) == (file.parent / "old", file.parent / "refactored")
    assert (work.function, work.name, work.action, work.line) == ("work", "labour", "labour", 19)
    assert (helper.action, helper.helper, helper.line) == ("", True, 29)
    assert found.functions["two-b"].arn_variable == "TWO_B_ARN"
    assert found.functions["two-b"].variables == {"A": "b", "N": "3"}
    assert found.functions["one"].handler == "lambda_handler"
    assert found.renames() == {"work": "labour"}
    assert (found.aliases[0].alias, found.aliases[0].line) == ("own_get", 35)
    assert found.templates.time_limit_margin == 30


def test_moves_and_aliases_as_inline_tables(file: Path) -> None:
    head, _, _ = GOOD.partition("[[ moves ]]")
    moves = 'moves = [{ function = "a", from = "one", to = "two-b" },\n'
    moves += '  { function = "b", from = "one", to = "two-b" }]\n'
    moves += 'aliases = [{ function = "one", name = "x", alias = "y" }]\n'
    file.write_text(moves + head)
    found = load(file)
    assert [m.function for m in found.moves] == ["a", "b"]
    assert [a.name for a in found.aliases] == ["x"]


MISTAKES: list[tuple[str, str, str, str]] = [
    # what is replaced, by what, the text on the line that is named, what is said
    ("layers =", "layer =", "layer =", "unknown key 'layer' in migration.toml"),
    ('legacy = "old"', 'legasy = "old"', "legasy", "unknown key 'legasy' in [trees]"),
    (
        'handler = "main"',
        'handle = "main"',
        "handle =",
        "unknown key 'handle' in [functions.two-b]",
    ),
    ('role = "Role"', 'roll = "Role"', "roll", "unknown key 'roll' in [templates]"),
    ("helper = true", "helps = true", "helps", "unknown key 'helps' in [[moves]]"),
    ('alias = "own_get"', 'as = "own_get"', "as =", "unknown key 'as' in [[aliases]]"),
    ('["lib"]', '"lib"', "layers", "'layers' must be an array"),
    ('["lib"]', "[1]", "layers", "'layers' must be an array of strings"),
    ('["lib"]', '["../lib"]', "layers", "'layers' leaves the tree"),
    ('legacy = "old"', "legacy = 1", "legacy", "'legacy' must be a string"),
    ('path = "two/index.py"', "path = 2", "path = 2", "'path' must be a string"),
    ('path = "two/index.py"', "", "[functions.two-b]", "[functions.two-b] has no 'path'"),
    ('path = "two/index.py"', 'path = "/two.py"', "/two.py", "'path' leaves the tree"),
    ('path = "two/index.py"', 'path = "a/../../b"', "a/..", "'path' leaves the tree"),
    ('path = "two/index.py"', 'path = ""', 'path = ""', "'path' leaves the tree"),
    ('handler = "main"', 'refactored_path = "../x"', "refactored", "'refactored_path' leaves"),
    ('handler = "main"', 'handler = "a.b"', "handler", "'a.b' is no Python name"),
    ('A = "b"', 'A = ["b"]', "variables", "the values of 'variables' must be strings"),
    ("[functions.two-b]", '[functions."2 b"]', '[functions."2 b"]', "cannot be the name"),
    (
        "[functions.two-b]",
        "[functions.one-]\npath='x'\n[functions.one_]\npath='y'\n[functions.two-b]",
        "[functions.one_]",
        "would share the variable ONE__ARN",
    ),
    ('["*.yaml"]', '["/x/*.yaml"]', "files", "'files' leaves the tree"),
    ('["*.yaml"]', '[""]', "files", "'files' leaves the tree"),
    ('role = "Role"', "time_limit_margin = -1", "time_limit", "must not be negative"),
    ('role = "Role"', "time_limit_margin = true", "time_limit", "must be a whole number"),
    ('function = "work"', "", "[[ moves ]]", "[[moves]] has no 'function'"),
    ('function = "work"', 'function = "a-b"', 'function = "a-b"', "'a-b' is no Python name"),
    ('rename = "labour"', 'rename = "class"', "rename", "'class' is no Python name"),
    (
        'rename = "labour"',
        'rename = "help"',
        "[[moves]]",
        "help is the name in two-b of two",
    ),
    ('rename = "labour"', 'action = "x.y"', "action", "'x.y' is no Python name"),
    ('rename = "labour"', 'action = ""', "action", "'' is no Python name"),
    (
        "helper = true",
        'action = "labour"',
        "[[moves]]",
        "labour is the action of two-b of two",
    ),
    ("helper = true", 'helper = true\naction = "x"', 'action = "x"', "a helper has no action"),
    ("helper = true", "helper = 1", "helper = 1", "'helper' must be a boolean"),
    ("helper = true", 'carry_to = ["three"]', "carry_to", "'three' is not among [functions]"),
    ("helper = true", 'carry_to = ["one"]', "carry_to", "help would move to where it is"),
    ("helper = true", 'carry_to = ["two-b"]', "carry_to", "help would arrive twice"),
    ('to = "two-b"\nhelper', 'to = "one"\nhelper', 'to = "one"', "help would move to where it is"),
    ('to = "two-b"\nhelper', 'to = "two"\nhelper', 'to = "two"\n', "'two' is not among"),
    ('function = "help"', 'function = "work"', "[[moves]]", "work moves twice"),
    ("payload = {", "payload = 5 #", "payload", "'payload' must be a table"),
    (
        "state = \"event['state']\"",
        'state = "event["',
        "payload",
        "'event[' is no Python expression",
    ),
    ("state = \"event['state']\"", 'action = "1"', "payload", "'action' cannot be a payload key"),
    ("state = \"event['state']\"", 'a-b = "1"', "payload", "'a-b' cannot be a payload key"),
    ('mutates = "state"', 'mutates = "other"', "mutates", "'other' is not among the payload's"),
    ('mutates = "state"\n', "", "returns", "returns = 'state' is not what"),
    ('returns = "state"', 'returns = "other"', "returns", "returns = 'other' is not what"),
    ("{ done = true,", '"ignore" # {', "on_inv", 'must be "raise" or a table'),
    ("done = true", "done = 1979-05-27", "on_inv", "'done' must be something that JSON has"),
    ("done = true", "done = nan", "on_inv", "'done' must be something that JSON has"),
    ('function = "two-b"', 'function = "three"', 'function = "three"', "'three' is not among"),
    ('alias = "own_get"', 'alias = "own.get"', "own.get", "'own.get' is no Python name"),
    ('alias = "own_get"', "", "[[aliases]]", "[[aliases]] has no 'alias'"),
    ("[trees]", 'services_gone = ["bacth"]\n[trees]', "services", "knows no service 'bacth'"),
    ("[trees]", "[trees", "[trees", "this is not valid TOML"),
    ("[trees]", "functions = 1\n[trees]", "[functions.one]", "this is not valid TOML"),
]


@pytest.mark.parametrize(("old", "new", "at", "what"), MISTAKES)
def test_mistakes_are_told_with_their_line(
    file: Path, old: str, new: str, at: str, what: str
) -> None:
    assert GOOD.count(old) == 1, old
    text = GOOD.replace(old, new)
    file.write_text(text)
    with pytest.raises(InputError) as caught:
        load(file)
    message = str(caught.value)
    assert what in message
    assert "\n" not in message
    before, found, _ = text.rpartition(at)
    assert found
    assert caught.value.place == f"{file}:{before.count(chr(10)) + 1}"


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("", 1, "migration.toml has no 'functions'"),
        ("functions = 1\n", 1, "'functions' must be a table"),
        ("x = 1\n[functions]\na = 1\n", 1, "unknown key 'x'"),
        ("\n[functions]\na = 1\n", 3, "'a' must be a table"),
        ("[functions.a]\npath = 'x'\n", 1, "has no 'moves'"),
        ("moves = []\n[functions.a]\npath = 'x'\n", 1, "there is nothing to move"),
        ("moves = [1]\n[functions.a]\npath = 'x'\n", 1, "'moves' must be an array of tables"),
        ("\n[functions.a]\npath = 'x'\n[moves]\na = 1\n", 4, "'moves' must be an array"),
        ("a = [\n1,\n", 2, "this is not valid TOML"),
    ],
)
def test_files_of_the_wrong_shape(file: Path, text: str, line: int, what: str) -> None:
    file.write_text(text)
    with pytest.raises(InputError) as caught:
        load(file)
    assert what in str(caught.value)
    assert caught.value.place == f"{file}:{line}"


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no such file\. Name one with --config"):
        load(tmp_path / "none.toml")
    with pytest.raises(InputError, match="cannot be read: Is a directory"):
        load(tmp_path)
    (tmp_path / "bad").write_bytes(b"\xff")
    with pytest.raises(InputError, match="cannot be read: it is not UTF-8"):
        load(tmp_path / "bad")
