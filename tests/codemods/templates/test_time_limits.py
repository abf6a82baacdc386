from __future__ import annotations

from codemods.templates.yaml_text import compose
from tests.codemods.small_tree import TEMPLATE
from tests.codemods.support import Tree


def limit(tree: Tree, function: str) -> str:
    document = compose(tree.new("template"), "t")
    node = document.get(document.root, "Resources", function, "Properties", "Timeout")
    return "" if node is None else str(node.value)


def test_callers_outlive_their_callees(tree: Tree) -> None:
    assert limit(tree, "PlannerFunction") == "130"
    assert limit(tree, "ReaderFunction") == ""
    tree.configure('role = "Role"', 'role = "Role"\ntime_limit_margin = 0')
    assert limit(tree, "PlannerFunction") == "100"


def test_a_limit_that_suffices_stays(tree: Tree) -> None:
    tree.change("template", "Timeout: 60", "Timeout: 900")
    assert limit(tree, "PlannerFunction") == "900"


def test_a_limit_that_was_never_written_is_added(tree: Tree) -> None:
    tree.change("template", "      Timeout: 60\n", "")
    assert limit(tree, "PlannerFunction") == "130"


def test_functions_that_nothing_invokes_may_have_any_limit(tree: Tree) -> None:
    tree.configure(
        "[functions.reader]",
        '[functions.other]\npath = "o.py"\nresource = "Other"\n\n[functions.reader]',
    )
    tree.write("template", TEMPLATE + "  Other: {Properties: {Timeout: !Ref Stage}}\n")
    assert limit(tree, "PlannerFunction") == "130"
