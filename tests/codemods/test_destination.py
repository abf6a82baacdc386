from __future__ import annotations

import pytest

from tests.codemods.fake_lambda import Lambda, run
from tests.codemods.support import Tree


def handler(tree: Tree, text: str) -> str:
    tree.write("reader", text)
    return tree.new("reader")


@pytest.mark.parametrize(
    "body",
    [
        '    """Only prose."""\n',
        '    """Prose."""\n    return "own"\n',
        "    return 'own'\n",
        "    # first\n\n    # second\n    return 'own'\n",
        "\treturn 'own'\n",
        '  """Prose."""  # said\n  return "own"',
        "    # first\r\n    return 'own'\r\n",
    ],
)
def test_routes_come_first_in_handlers_of_all_shapes(tree: Tree, body: str) -> None:
    newline = "\r\n" if "\r" in body else "\n"
    new = handler(
        tree, f"# coding: utf-8{newline}def lambda_handler(event, context):{newline}{body}"
    )
    assert "\r\r" not in new
    assert ("\r\n" in new) == ("\n" not in new.replace("\r\n", "")) or newline == "\n"
    module = run(new)
    answer = module["lambda_handler"]({"action": "poll", "state": {}}, None)
    assert answer == {"action": "poll", "state": {"checked": True}}
    assert module["lambda_handler"]({"action": "x"}, None) in ("own", None)


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("def lambda_handlers(e, c): return 1\n", 1, "'lambda_handlers' meant?"),
        ("class A:\n    def lambda_handler(self, e): pass\n", 1, "no handler"),
        ("def lambda_handler(e, c):\n    return 1\n\n_run_poll = 1\n", 4, "the name _run_poll"),
        (
            "def lambda_handler(e, c):\n    if e['action'] == 'poll':\n        return 1\n",
            1,
            "'poll' is answered here already",
        ),
    ],
)
def test_handlers_that_cannot_be_routed(tree: Tree, text: str, line: int | None, what: str) -> None:
    tree.write("reader", text)
    error = tree.refusal()
    assert what in error.what
    assert error.line == line
    assert error.path == tree.path("reader")


def test_an_event_of_another_name(tree: Tree) -> None:
    new = handler(tree, "def lambda_handler(e, /, c=None):\n    return 1\n")
    assert "if isinstance(e, dict)" in new


CLASHES = {
    "from elsewhere import find\n": "elsewhere_find",
    "from elsewhere import (\n    a,\n    find,  # theirs\n)\n": "elsewhere_find",
    "from elsewhere import look as find\n": "elsewhere_find",
    "from a.elsewhere import a, find; x = 1\n": "elsewhere_find",
    "import elsewhere as find\n": "elsewhere_find",
    "def find(x):\n    return [x, find]\n": "reader_find",
    "class find:\n    own: 'find'\n": "reader_find",
    "find = other = 3\n": "reader_find",
}


@pytest.mark.parametrize("clash", CLASHES)
def test_the_older_thing_gets_an_alias(tree: Tree, clash: str) -> None:
    alias = CLASHES[clash]
    use = (
        "def use(a, find_=1):\n    def inner(find):\n        return find\n"
        "    return [find, inner(find=2), f'{find}', a.find]\n\n\n"
    )
    new = handler(tree, f"{clash}\n\n{use}def lambda_handler(event, context):\n    return find\n")
    assert f"return [{alias}, inner(find=2), f'{{{alias}}}', a.find]" in new
    assert f"    return {alias}\n" in new
    assert "        return find\n" in new
    assert new.count("def find(") == 1


def test_a_long_import_is_wrapped_by_its_alias(tree: Tree) -> None:
    module = "a." + "long" * 10
    line = f"from {module} import find\n"
    tree.write("reader", f"{line}\n\ndef lambda_handler(event, context):\n    return find\n")
    alias = "long" * 10 + "_find"
    assert f"from {module} import (\n    find as {alias},\n)\n" in tree.new("reader")


@pytest.mark.parametrize(
    ("clash", "alias"),
    [
        (
            "try:\n    from elsewhere import find\nexcept ImportError:\n    find = None\n",
            "try:\n    from elsewhere import find as reader_find\n"
            "except ImportError:\n    reader_find = None\n",
        ),
        (
            "if 1:\n    from elsewhere import find as find, other\nfrom elsewhere import find\n",
            "if 1:\n    from elsewhere import find as elsewhere_find, other\n"
            "from elsewhere import find as elsewhere_find\n",
        ),
    ],
)
def test_imports_of_any_kind_get_an_alias(tree: Tree, clash: str, alias: str) -> None:
    tree.write("reader", f"\n{clash}\n\ndef lambda_handler(event, context):\n    return find\n")
    new = tree.new("reader")
    assert alias in new
    assert new.rstrip().endswith("_find")


def test_a_clash_that_cannot_be_resolved_is_refused(tree: Tree) -> None:
    tree.write("reader", "import find.more\n\n\ndef lambda_handler(event, context):\n    find.x\n")
    error = tree.refusal()
    assert error.path == tree.path("reader")
    assert error.line == 1


def test_what_defaults_need_stands_above_them(tree: Tree) -> None:
    tree.change("planner", "def find(region, tags=None)", "def find(region, tags=LIMIT)")
    new = handler(tree, "def lambda_handler(event, context):\n    return 1\n\n\nLIMIT = 3\n")
    module = run(new)
    assert module["find"]("x") == ["x", 3, "3"]
    assert module["lambda_handler"]({"action": "find", "region": 1, "tags": 2}, None)["result"]


def test_a_fallback_import_is_carried_whole(tree: Tree) -> None:
    block = "try:\n    import json\nexcept ImportError:  # old\n    json = None\n"
    tree.change("planner", "import json\n", block)
    assert block in tree.new("reader")


def test_a_fallback_that_needs_a_name_stands_below_it(tree: Tree) -> None:
    block = "try:\n    import json\nexcept ImportError:\n    json = LIMIT\n"
    tree.change("planner", "import json\n", "")
    tree.change("planner", "LIMIT = 3\n", f"LIMIT = 3\n{block}")
    new = tree.new("reader")
    assert new.index("LIMIT = 3") < new.index(block)


def test_a_stub_in_the_owner_of_something_else(tree: Tree) -> None:
    tree.configure('carry_to = ["worker"]\n', "")
    tree.change("planner", "def find(region, tags=None)", "def find(region, tags=WHAT)")
    tree.change("planner", "LIMIT = 3\n", "LIMIT = 3\nWHAT = 4\n")
    module, lambdas = run(tree.new("worker")), Lambda()
    lambdas.handlers["arn"] = run(tree.new("reader"))["lambda_handler"]
    module["boto3"] = lambdas
    module["os"].environ["READER_ARN"] = "arn"
    state: dict[str, object] = {}
    event = {"action": "start_batch", "state": state, "number": 1}
    answer = module["lambda_handler"](event, None)
    assert answer["state"]["batch"]["found"] == ["here", 4, "3"]
    assert answer["result"] is None


def test_a_renamed_stub_answers_to_the_name_that_moved_code_calls(tree: Tree) -> None:
    tree.change("planner", '    state["queue"] = QUEUE\n', "    check(state)\n")
    module = run(tree.new("worker"))
    assert module["check"] is module["poll"]


def test_moved_code_that_calls_itself_by_its_old_name(tree: Tree) -> None:
    tree.change("planner", '    state["checked"] = True\n', "    check({}) if state else 1\n")
    module = run(tree.new("reader"))
    assert module["check"] is module["poll"]
