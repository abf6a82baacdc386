from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from harness.comparison import Comparison, Divergence
from harness.fuzzing import shrinking
from harness.fuzzing.compact import compact
from harness.fuzzing.shrinking import shrink
from harness.fuzzing.trial import key_of
from harness.scenario import Invocation, Scenario, Server, Start
from harness.sides import Sides

FOUND = Divergence("state", 1, "result.x", 1, 2)
BIG = Scenario(
    "big",
    "Much that is not needed.",
    tables={
        "PROTECTION_GROUPS_TABLE": tuple({"groupId": f"pg-{n}"} for n in range(9)),
        "RECOVERY_PLANS_TABLE": ({"planId": "p", "waves": [{"n": 1}, {"n": 2}]},),
    },
    servers=tuple(Server(f"s-{n}") for n in range(5)),
    start=Start({"Plan": {"waves": [1, 2, 3]}}),
    invoke=tuple(
        Invocation("orchestration", {"action": "begin", "n": n, "long": "x" * 900}, 30.0 * n)
        for n in range(7)
    ),
    history_limit=120,
)

Differs = Callable[[Scenario], bool]


@pytest.fixture
def trees_that_differ(monkeypatch: pytest.MonkeyPatch) -> Callable[[Differs], list[Scenario]]:
    """Runs that only count, and a comparison that finds something where it is told to."""

    def install(differs: Differs, steps: Callable[[Scenario], int] = lambda _: 1) -> list[Scenario]:
        made: list[Scenario] = []

        def run(_: object, scenario: Scenario) -> Any:
            made.append(scenario)
            return SimpleNamespace(steps=[None] * steps(scenario), scenario=scenario)

        def compared(legacy: Any, *_: object) -> Comparison:
            found = (FOUND,) if differs(legacy.scenario) else ()
            return Comparison(legacy.scenario.name, found, ())

        monkeypatch.setattr(shrinking, "run", run)
        monkeypatch.setattr(shrinking, "compared", compared)
        return made

    return install


def shrunk(sides: Sides, scenario: Scenario = BIG, **options: int) -> dict[str, Any]:
    small, _ = shrink(sides, scenario, key_of(FOUND), **options)
    return compact(small)


def test_only_what_is_needed_stays(
    sides: Sides, trees_that_differ: Callable[[Differs], list[Scenario]]
) -> None:
    def differs(scenario: Scenario) -> bool:
        numbers = [i.event.get("n") for i in scenario.invoke if isinstance(i.event, dict)]
        return {2, 5} <= set(numbers) and any(s.id == "s-3" for s in scenario.servers)

    made = trees_that_differ(differs)
    assert shrunk(sides) == {
        "servers": [{"id": "s-3"}],
        "invoke": [
            {"function": "orchestration", "event": {"n": 2}},
            {"function": "orchestration", "event": {"n": 5}, "seconds": 0.001},
        ],
    }
    assert len(made) < 2 * 100


def test_inside_of_texts_that_are_json(
    sides: Sides, trees_that_differ: Callable[[Differs], list[Scenario]]
) -> None:
    body = json.dumps({"planId": "plan-1", "more": [1, 2, 3]})
    scenario = Scenario("s", "x", invoke=(Invocation("execution-handler", {"body": body}),))
    trees_that_differ(lambda s: "planId" in json.dumps(s.as_case()))
    assert shrunk(sides, scenario)["invoke"] == [
        {"function": "execution-handler", "event": {"body": '{"planId": "plan-1"}'}}
    ]


def test_what_takes_more_steps_is_not_smaller(
    sides: Sides, trees_that_differ: Callable[..., list[Scenario]]
) -> None:
    trees_that_differ(lambda _: True, lambda s: 1 if s.servers else 9)
    assert [server["id"] for server in shrunk(sides)["servers"]] == ["s-0"]


def test_another_difference_is_another(
    sides: Sides, trees_that_differ: Callable[[Differs], list[Scenario]]
) -> None:
    trees_that_differ(lambda _: True)
    small, tries = shrink(sides, BIG, ("state", "result.y"))
    assert compact(small) == compact(BIG)
    assert tries < 300


def test_the_tries_are_counted(
    sides: Sides, trees_that_differ: Callable[[Differs], list[Scenario]]
) -> None:
    made = trees_that_differ(lambda s: len(s.servers) == 5)
    _, tries = shrink(sides, BIG, key_of(FOUND), tries=10)
    assert (tries, len(made)) == (10, 20)


def test_what_differs_at_one_instant_alone_keeps_its_instants(
    sides: Sides, trees_that_differ: Callable[[Differs], list[Scenario]]
) -> None:
    twice = Invocation("orchestration", {"action": "begin"}, 5.0)
    scenario = Scenario("s", "x", invoke=(twice, twice, twice))
    trees_that_differ(lambda s: len(s.invoke) > len({i.seconds for i in s.invoke}))
    one = {"function": "orchestration", "event": {}, "seconds": 5.0}
    assert shrunk(sides, scenario)["invoke"] == [one, one]
