from __future__ import annotations

import types
from collections.abc import Iterator
from statistics import median

import pytest

from harness.compute import edits
from harness.compute.edits import apart, loops_a_second, loops_of, planted
from harness.compute.results import Play, Tape
from harness.compute.stage import Player, Stage
from harness.sides import Sides
from harness.tree import Tree


def codes(tree: Tree, key: str) -> Iterator[types.CodeType]:
    """Every code object of a function's entry file and of one of the layer's."""
    function = tree.functions[key]
    paths = [function.entry, next(p for p in function.edited or [] if "shared" in p.parts)]
    waiting = [function.sources.code(path) for path in paths]
    while waiting:
        code = waiting.pop()
        yield code
        waiting += [one for one in code.co_consts if isinstance(one, types.CodeType)]


def test_no_code_is_shared(sides: Sides) -> None:
    one, other = apart(sides.legacy, "one"), apart(sides.legacy, "other")
    found = [
        id(code)
        for tree, key in ((one, "orchestration"), (one, "query-handler"), (other, "orchestration"))
        for code in codes(tree, key)
    ]
    assert len(found) > 100
    assert len(set(found)) == len(found)


def test_the_text_is_the_same_but_for_a_comment(sides: Sides) -> None:
    function = apart(sides.legacy, "one").functions["orchestration"]
    assert function.edited[function.entry] == (
        function.entry.read_text(encoding="utf-8") + "\n# one: orchestration\n"
    )


def test_what_was_edited_before_stays(sides: Sides) -> None:
    once = planted(sides.legacy, {"orchestration": [1]}).functions["orchestration"]
    tree = apart(planted(sides.legacy, {"orchestration": [1]}), "one")
    text = tree.functions["orchestration"].edited[once.entry]
    assert text.startswith(once.edited[once.entry])


def test_handlers_go_round_before_they_begin(sides: Sides, tapes: dict[str, Tape]) -> None:
    loops = [200_000 if place % 2 else 0 for place in range(15)]
    busy = planted(sides.legacy, {"orchestration": loops})
    with Stage() as stage:
        player = Player(stage, busy, tapes["legacy"])
        plays = [player.play() for _ in range(5)]
    steps = [median(play.steps[place] for play in plays) for place in range(15)]
    # Every play begins with the first number again.
    assert max(steps[2::2]) < min(steps[1::2]) / 2


def test_loops_are_a_tenth_of_each_invocation(monkeypatch: pytest.MonkeyPatch) -> None:
    def play(seconds: float) -> Play:
        return Play((), (("f", seconds), ("g", 1.0), ("f", 2 * seconds)), 0.0, 0, 0)

    # Twice as slow, and half as many loops a second: the same.
    slow = [(play(0.5), 100.0), (play(1.0), 50.0), (play(9.9), 1_000.0)]
    assert loops_of(slow) == {"f": [5, 10], "g": [10]}


def test_loops_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter([0, 2_000_000])
    monkeypatch.setattr(edits, "perf_counter_ns", lambda: next(ticks))
    assert loops_a_second() == edits._LOOPS / 0.002
