from __future__ import annotations

from itertools import combinations

from harness.rollout.movers import Mover
from harness.rollout.passes import passed, passed_failing
from harness.rollout.results import Combination, Stage
from harness.rollout.ways import way

PARTS = ("code:f", "code:g", "config:f", "role:r")
STACK = frozenset({"config:f", "role:r"})


def movers(*, in_stack: bool = False, reference: bool = True) -> dict[str, Mover]:
    """f's configuration refers to the role out, and not back; code is moved by hand or not."""
    role = frozenset({"role:r"}) if reference else frozenset[str]()
    return {
        "code:f": Mover("code:f", ("main/F",) if in_stack else (), "main", after=role),
        "code:g": Mover("code:g"),
        "config:f": Mover("config:f", ("main/F",), "main", after=role),
        "role:r": Mover("role:r", ("main/R",), "main"),
    }


def safe(*forbidden: tuple[str, str]) -> frozenset[Combination]:
    """All combinations but those in which the first of a pair is new and the second old."""
    everything = (frozenset(some) for n in range(5) for some in combinations(PARTS, n))
    return frozenset(c for c in everything if not any(a in c and b not in c for a, b in forbidden))


def test_cloudformation_updates_what_is_named_first() -> None:
    out = passed(frozenset(), STACK, movers(), back=False)
    assert out == {frozenset(), frozenset({"role:r"}), STACK}
    assert len(passed(frozenset(), STACK, movers(reference=False), back=False)) == 4


def test_back_the_old_templates_decide() -> None:
    assert len(passed(frozenset(PARTS), STACK, movers(), back=True)) == 4


def test_a_failed_update_is_taken_back_in_the_order_of_the_old_templates() -> None:
    found = passed_failing(frozenset(), STACK, movers(), back=False)
    assert frozenset({"config:f"}) in found  # the role went back first
    assert len(found) == 4


def test_code_and_configuration_of_one_function_come_in_either_order() -> None:
    stack = STACK | {"code:f"}
    found = passed(frozenset(), stack, movers(in_stack=True), back=False)
    assert {frozenset({"role:r", "code:f"}), frozenset({"role:r", "config:f"})} < found


def test_all_at_once_where_all_is_safe() -> None:
    found = way(PARTS, safe(), movers(), back=False)
    assert found is not None
    assert found.stages == (Stage(("code:f", "code:g"), ("main",)),)


def test_what_depends_comes_in_a_later_stage_and_goes_back_in_an_earlier_one() -> None:
    known = safe(("code:f", "code:g"), ("code:f", "config:f"), ("code:f", "role:r"))
    out, back = (way(PARTS, known, movers(), back=back) for back in (False, True))
    assert out is not None
    assert back is not None
    assert out.stages == (Stage(("code:g",), ("main",)), Stage(("code:f",)))
    assert out.states[1] == frozenset(PARTS) - {"code:f"}
    assert back.stages == (Stage(("code:f",)), Stage(("code:g",), ("main",)))


def test_a_stack_whose_own_order_is_not_safe_is_updated_part_by_part() -> None:
    known = safe(("role:r", "config:f"))
    found = way(PARTS, known, movers(), back=False)
    assert found is not None
    assert found.stages[0].partly == ("config:f",)
    assert [stage.partly or stage.stacks for stage in found.stages if not stage.by_hand]


def test_no_way() -> None:
    assert (
        way(PARTS, safe(("code:f", "code:g"), ("code:g", "code:f")), movers(), back=False) is None
    )
    assert way(PARTS, safe() - {frozenset(PARTS)}, movers(), back=True) is None
    assert way((), frozenset({frozenset()}), {}, back=False) is not None
