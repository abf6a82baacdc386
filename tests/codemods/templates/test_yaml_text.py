from __future__ import annotations

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from codemods.edits import apply
from codemods.templates.yaml_text import Document, compose, flattened
from drs_refactor.errors import InputError


def added(text: str, *path: str, lines: tuple[str, ...] = ("new: 1",)) -> str:
    """The text with entries added to the mapping at a path, or items to the list."""
    document = compose(text, "t.yaml")
    node = document.get(document.root, *path)
    assert node is not None
    if isinstance(node, yaml.SequenceNode):
        return apply(text, [document.add_items(node, list(lines))])
    return apply(text, [document.add_entries(node, list(lines))])


ENDS = {
    "plain": ("  b: 1\n", "  b: 1\n  new: 1\n"),
    "comment": ("  b: 1  # one\n  # own\n# other\n", "  b: 1  # one\n  new: 1\n  # own\n# other\n"),
    "blank lines": ("  b: 1\n\n\n", "  b: 1\n  new: 1\n\n\n"),
    "no newline": ("  b: 1", "  b: 1\n  new: 1\n"),
    "windows": ("  b: 1\r\n", "  b: 1\r\n  new: 1\r\n"),
    "empty": ("  b:\n", "  b:\n  new: 1\n"),
    "empty with comment": ("  b:  # none\n", "  b:  # none\n  new: 1\n"),
    "quoted": ('  b: "x # y"\n', '  b: "x # y"\n  new: 1\n'),
    "two lines": ("  b: x\n    y\n", "  b: x\n    y\n  new: 1\n"),
    "literal": ("  b: |\n    x\n\n    # y\n\n", "  b: |\n    x\n\n    # y\n  new: 1\n\n"),
    "literal and comment": ("  b: |\n    x\n  # own\n", "  b: |\n    x\n  new: 1\n  # own\n"),
    "folded": ("  b: >-\n    x\n    y\n", "  b: >-\n    x\n    y\n  new: 1\n"),
    "flow": ("  b: [1,\n    2]  # two\n", "  b: [1,\n    2]  # two\n  new: 1\n"),
    "deep": (
        "  b:\n    c:\n      - d: 1\n        e: 2\n",
        "  b:\n    c:\n      - d: 1\n        e: 2\n  new: 1\n",
    ),
    "dashes at the key": ("  b:\n  - 1\n  - 2\n", "  b:\n  - 1\n  - 2\n  new: 1\n"),
    "alias": ("  b: *x\n", "  b: *x\n  new: 1\n"),
    "tag": ("  b: !Sub '${A}'\n", "  b: !Sub '${A}'\n  new: 1\n"),
    "wide": (
        "  b: \u00e9\U0001f600 # \U0001f600\n",
        "  b: \u00e9\U0001f600 # \U0001f600\n  new: 1\n",
    ),
}


@pytest.mark.parametrize("follower", ["", "z: 2\n", "# end\nz: 2\n"])
@pytest.mark.parametrize("name", ENDS)
def test_an_entry_is_added_below_the_last(name: str, follower: str) -> None:
    body, result = ENDS[name]
    head = "x: &x\n  q: 1\na:\n"
    if name == "no newline" and follower:
        return
    if name == "windows":
        head, follower = head.replace("\n", "\r\n"), follower.replace("\n", "\r\n")
    text = f"{head}{body}{follower}"
    new = added(text, "a")
    assert new == f"{head}{result}{follower}"
    before, after = flattened(compose(text, "t").root), flattened(compose(new, "t").root)
    assert after == {**before, ("a", "new"): ("tag:yaml.org,2002:int", "1")}


SCALARS = st.sampled_from(
    [
        "1",
        "plain words",
        "'quoted'",
        '"a: # b"',
        "",
        "!Ref X",
        "[1, {a: 2}]",
        "*shared",
        "|\n{0}x\n{0}\n{0}y",
    ]
)
KEYS = st.sampled_from(["a", "b", "c", "d"])
NOTES = st.sampled_from(["", "\n", "# note\n", "\n  # deeper\n\n"])


@st.composite
def mappings(draw: st.DrawFn, depth: int = 0, indent: str = "") -> str:
    lines = []
    for key in draw(st.lists(KEYS, unique=True, min_size=1, max_size=3)):
        kind = draw(st.integers(0, 3)) if depth < 2 else 3
        if kind == 0:
            lines.append(f"{indent}{key}:\n{draw(mappings(depth + 1, indent + '  '))}")
        elif kind == 1:
            item = draw(mappings(depth + 1, indent + "    "))
            lines.append(f"{indent}{key}:\n{indent}  -{item[len(indent) + 3 :]}{indent}  - 2\n")
        else:
            value = draw(SCALARS).replace("{0}", indent + "    ")
            lines.append(f"{indent}{key}: {value}\n")
        lines.append(draw(NOTES))
    return "".join(lines)


def containers(document: Document, node: yaml.Node) -> list[yaml.Node]:
    found = []
    if isinstance(node, yaml.MappingNode):
        found = [c for _, value in node.value for c in containers(document, value)]
    elif isinstance(node, yaml.SequenceNode):
        found = [c for value in node.value for c in containers(document, value)]
    if isinstance(node, yaml.CollectionNode) and not node.flow_style:
        found.append(node)
    return found


@settings(max_examples=150, deadline=None)
@given(mappings(), st.data(), st.booleans())
def test_edits_keep_every_other_byte_and_path(
    body: str, data: st.DataObject, windows: bool
) -> None:
    text = "top: &shared 5\nbody:\n  q: 1\nrest:\n" + "".join(
        f"  {line}" if line.strip() else line for line in body.splitlines(keepends=True)
    )
    text = text.replace("\n", "\r\n") if windows else text
    document = compose(text, "t.yaml")
    node = data.draw(st.sampled_from(containers(document, document.root)))
    if isinstance(node, yaml.MappingNode):
        edit = document.add_entries(node, ["added: yes"])
    else:
        assert isinstance(node, yaml.SequenceNode)
        edit = document.add_items(node, ["yes"])
    assert edit.start == edit.end
    new = apply(text, [edit])
    before, after = flattened(document.root), flattened(compose(new, "t.yaml").root)
    extra = after.keys() - before.keys()
    assert len(extra) == 1
    assert {path: after[path] for path in before} == before


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("x: &s 1\na: {b: *s}\n", 1, "behind an alias"),
        ("x: 1\na: 1\n", 2, "lines of its own"),
        ("x: &s\n  b: 1\na: *s\n", 1, "shared through an anchor"),
    ],
)
def test_what_is_not_edited(text: str, line: int, what: str) -> None:
    with pytest.raises(InputError, match=what) as caught:
        added(text, "a")
    assert caught.value.place == f"t.yaml:{line}"
    assert caught.value.mend


@pytest.mark.parametrize(
    ("body", "result"),
    [
        ("{b: 1}", "{b: 1, new: 1}"),
        ("{ b: 1 , }  # note", "{ b: 1, new: 1 , }  # note"),
        ("{}", "{new: 1}"),
        ("{b: !Sub '${A}',\n    c: {d: 1}\n  }", "{b: !Sub '${A}',\n    c: {d: 1}, new: 1\n  }"),
    ],
)
def test_an_entry_is_added_within_braces(body: str, result: str) -> None:
    assert added(f"a: {body}\nz: 2\n", "a") == f"a: {result}\nz: 2\n"


def test_items_are_added_within_brackets() -> None:
    document = compose("a: [1, 2 ]\n", "t.yaml")
    node = document.get(document.root, "a")
    assert isinstance(node, yaml.SequenceNode)
    assert apply(document.text, [document.add_items(node, ["!Ref B"])]) == "a: [1, 2, !Ref B ]\n"
    with pytest.raises(InputError, match="lines of its own"):
        document.add_items(node, ["Effect: Allow", "  Action: x"])


def test_a_merge_key_is_not_looked_through() -> None:
    text = "x: &s\n  b: {c: 1}\na:\n  d: 1\n  <<: *s\n"
    document = compose(text, "t.yaml")
    assert document.get(document.root, "a", "d") is not None
    with pytest.raises(InputError, match="b may come from this merge key") as caught:
        document.get(document.root, "a", "b")
    assert caught.value.line == 5


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\n b: 2\n", 2),
        ("a: [1\n", 2),
        ("a: 1\n---\nb: 2\n", 2),
        ("a: 1\nb: \x07\n", 2),
        ("a: *none\n", 1),
        ("", 1),
    ],
)
def test_what_is_no_template(text: str, line: int | None) -> None:
    with pytest.raises(InputError) as caught:
        compose(text, "cfn/t.yaml")
    assert caught.value.line == line
    assert caught.value.path == "cfn/t.yaml"
    assert "\n" not in str(caught.value)


def test_a_list_that_contains_itself_is_walked_once() -> None:
    assert compose("a: &a [*a]\n", "t.yaml").root is not None
