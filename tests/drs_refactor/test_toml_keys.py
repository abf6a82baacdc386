from __future__ import annotations

import tomllib
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from drs_refactor.toml_keys import Place, lines_of

KEY = st.sampled_from(["a", "b-c", '"d e"', "'f.g'"])
HEADERS = st.tuples(
    st.sampled_from(["[{}]", "[[{}]]", "[ {} ] # x"]), st.lists(KEY, min_size=1, max_size=2)
)


def places(value: Any, place: Place = ()) -> set[Place]:
    found = {place}
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, child in items:
        if isinstance(child, dict | list):
            found |= places(child, (*place, key))
        else:
            found.add((*place, key))
    return found


@example([(("[[{}]]", ["a"]), []), (("[[{}]]", ["a", "a"]), [])])
@given(st.lists(st.tuples(HEADERS, st.lists(KEY, unique=True, max_size=2)), max_size=5))
def test_every_key_has_the_line_where_it_stands(tables: list[Any]) -> None:
    lines = []
    for (header, parts), keys in tables:
        lines.append(header.format(".".join(parts)))
        lines += [f"{key} = {number}" for number, key in enumerate(keys)]
    text = "\n".join(lines)
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    found = lines_of(text)
    for place in places(table) - {()}:
        assert place in found
        node: Any = table
        for part in place:
            node = node[part]
        if isinstance(node, int):
            assert lines[found[place] - 1].endswith(f" = {node}")


def test_keys_in_several_parts() -> None:
    assert lines_of("a.b = 1\n[[m]]\nx = 1\n[[m]]\ny.z = 2\n[m.deep]\nq = 1\n") == {
        ("a",): 1,
        ("a", "b"): 1,
        ("m",): 2,
        ("m", 0): 2,
        ("m", 0, "x"): 3,
        ("m", 1): 4,
        ("m", 1, "y"): 5,
        ("m", 1, "y", "z"): 5,
        ("m", 1, "deep"): 6,
        ("m", 1, "deep", "q"): 7,
    }
