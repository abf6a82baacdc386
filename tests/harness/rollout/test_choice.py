from __future__ import annotations

from harness.rollout.choice import chosen
from harness.rollout.flights import MOST_STEPS, plans
from harness.rollout.results import Course, Look, Stage, Trial, Way
from harness.scenario import Scenario

NOTHING, FULL = frozenset[str](), frozenset({"a", "b"})
OUT = Way((Stage(("a",)), Stage(("b",))), (NOTHING, frozenset({"a"}), FULL))
BACK = Way((Stage(("b",)), Stage(("a",))), (FULL, frozenset({"a"}), NOTHING))


def look(name: str, points: str, steps: int = 3, **more: int) -> Look:
    known = {"executions": 1, "paused": 0, "calls": 0} | more
    return Look(Scenario(name, "x"), frozenset(("state", p) for p in points), steps, **known)  # type: ignore[arg-type]


def names(looks: list[Look]) -> list[str]:
    return [look.scenario.name for look in looks]


def test_few_scenarios_reach_what_all_do() -> None:
    looks = [look("one", "a"), look("two", "ab"), look("dear", "abc", steps=19), look("three", "c")]
    assert names(chosen(looks)) == ["two", "three"]


def test_a_pause_is_always_taken_and_what_is_long_never() -> None:
    looks = [look("all", "abc"), look("paused", "a", paused=1), look("long", "z", steps=90)]
    assert names(chosen(looks)) == ["all", "paused"]


def test_a_scenario_in_which_nothing_happens_judges_nothing() -> None:
    empty = Look(Scenario("empty", "x"), frozenset({("state", "z")}), 0, 0, 0, 0, "nothing happens")
    assert chosen([empty]) == []


def test_every_step_but_the_first_is_a_moment_in_both_directions() -> None:
    found = {p.name: p for p in plans([look("one", "a")], OUT, BACK, FULL, [])}
    for name, start, end in (("out", NOTHING, FULL), ("back", FULL, NOTHING)):
        courses = [course for _, course in found[f"{name}, all at once"].runs]
        assert [(c.start, str(c.switches[0].moment), c.switches[0].new) for c in courses] == [
            (start, "step 2", end),
            (start, "step 3", end),
        ]


def test_one_part_a_step_along_the_way() -> None:
    found = {p.name: p for p in plans([look("one", "a", steps=4)], OUT, BACK, FULL, [])}
    first = found["back, one part a step"].runs[0][1]
    assert [(str(s.moment), sorted(s.new)) for s in first.switches] == [
        ("step 2", ["a"]),
        ("step 3", []),
    ]


def test_each_stage_alone_and_with_invocations_under_way() -> None:
    full = [Trial("one", Course(FULL), "identical", inside=2)]
    found = {p.name: p for p in plans([look("one", "a")], OUT, BACK, FULL, full)}
    [first, second] = [c for _, c in found["back, stage 1, with invocations under way"].runs]
    assert (str(first.switches[0].moment), first.switches[0].new) == ("invocation 1", {"a"})
    assert str(second.switches[0].moment) == "invocation 2"
    assert not found["back, all at once, with invocations under way"].on_the_way
    assert {"out, stage 1", "out, stage 2", "back, stage 1", "back, stage 2"} < set(found)


def test_without_a_way_all_at_once_is_still_tried() -> None:
    found = [p.name for p in plans([look("one", "a")], None, None, FULL, [])]
    assert found[1:] == ["out, all at once", "back, all at once"]
    assert plans([look("one", "a", executions=0)], OUT, BACK, FULL, []) == []


def test_a_long_scenario_is_switched_at_moments_all_over_it() -> None:
    [_, out, *_] = plans([look("long", "a", steps=200)], None, None, FULL, [])
    steps = [course.switches[0].moment.number for _, course in out.runs]
    assert (len(steps), steps[0], steps[-1]) == (MOST_STEPS, 2, 200)
