from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from harness.compute.results import Instructions, PowerPoint
from harness.reports.bench import text
from harness.reports.bench_rows import SHOWN
from tests.harness.bench.support import (
    BENCH,
    BUDGET,
    COMPUTE,
    JUDGED,
    LEVEL,
    SENSITIVE,
    STEEP,
    benchmark,
)


def lines(**changes: Any) -> list[str]:
    return list(text(benchmark(**changes)))


def row(begins: str, **changes: Any) -> str:
    [found] = [line for line in lines(**changes) if line.startswith(begins)]
    return found


def test_each_level_stands_there_with_its_verdict() -> None:
    assert lines()[0].split() == [
        "level", "legacy", "s", "refactored", "s", "added", "ms", "ratio", "interval", "verdict",
    ]  # fmt: skip
    assert row("execution  ").split() == [
        "execution", "100.000", "102.000", "+2,000", "1.0200", "1.0100", "to", "1.0300", "within",
    ]  # fmt: skip
    assert row("wave").endswith(" within, does not decide")
    assert row("action  ").endswith("1.4000  1.3000 to 1.5000   over, does not decide")


@pytest.mark.parametrize("verdict", ["within", "over", "faster", "inconclusive"])
def test_every_verdict_is_shown(verdict: str) -> None:
    found = row("execution  ", levels=(replace(LEVEL, verdict=verdict),))
    assert found.endswith(f"  {verdict}")


def test_waits_stand_there_with_their_budgets() -> None:
    assert row("begin → StartRecovery, p95  ").split() == [
        "begin", "→", "StartRecovery,", "p95", "1.500", "2.000", "+500", "+250", "to", "+750",
        "ms", "within,", "1,000", "ms", "may", "be", "added",
    ]  # fmt: skip
    assert row("begin → StartRecovery, p50").endswith("+250 to +750 ms    no budget")


def test_tree_code_stands_there_with_its_floor() -> None:
    assert row("tree code, execution").split() == [
        "tree", "code,", "execution", "0.004000", "0.004040", "+0.040", "1.0100", "0.9900", "to",
        "1.0300", "within,", "floor", "1", "ms", "an", "invocation",
    ]  # fmt: skip
    assert not [line for line in lines(compute=None) if line.startswith("tree code")]


def test_the_columns_stand_below_each_other() -> None:
    table = lines()[: 1 + len(BENCH.levels) + len(BENCH.budgets) + 1]
    assert {line.rindex(" s ") for line in table[:1]} == {table[0].index("refactored s") + 10}
    begins = {line.rindex(" to ") for line in table[1:]}
    assert begins == {table[0].index("interval") + wide for wide in (4, 6)}


def test_what_is_added_is_told_by_cause_and_what_for() -> None:
    found = lines()
    at = found.index("what is added, by cause, mean ms of one:")
    assert found[at + 1 : at + 4] == [
        "  execution +2,000.0: cold start +1,500.0, extra AWS calls +500.0",
        "    cold start: f +1,200.0, g +300.0",
        "    extra AWS calls: drs.X +500.0",
    ]
    bare = replace(BENCH.shares[0], added=0.0, by_cause={}, of_what={})
    assert "  execution +0.0: nothing" in lines(shares=(bare,))


def test_only_the_greatest_of_what_a_cause_was_for_are_told() -> None:
    parts = [(name, 0.5) for name in "abcdef"]
    share = replace(BENCH.shares[0], by_cause={"code": 3.0}, of_what={"code": parts})
    assert "    code: a +500.0, b +500.0, c +500.0, d +500.0" in lines(shares=(share,))
    tiny = replace(share, of_what={"code": [("a", 0.000_4)]})
    assert not any("code: a" in line for line in lines(shares=(tiny,)))


def test_few_entries_are_told_for_each_gate_and_all_that_could_lose_it() -> None:
    many = tuple(replace(SENSITIVE, entry=f"e{n}") for n in range(9))
    found = lines(sensitivity=(*many, replace(SENSITIVE, entry="bad", at_high=2.0)))
    told = [line for line in found if line.startswith("  execution: ")]
    assert len(told) == SHOWN + 1
    assert told[-1].startswith("  execution: bad 0.15 s")
    assert (
        "what the verdict hangs on: the latency model as shipped has 2 entries, 2 of them assumed"
        in found
    )


def test_what_an_execution_uses_on_both_sides() -> None:
    assert row("  calls of lambda.Invoke").split()[-2:] == ["0.0", "3.0"]
    assert row("  greatest Lambda payload").split()[-2:] == ["4,000", "4,000"]
    assert row("  GB-seconds").split() == ["GB-seconds", "1.50", "1.50"]
    assert row("  US dollars").split() == ["US", "dollars", "0.000500", "0.000500"]
    assert row("  legacy reaches").endswith("Lambda payload of 1,000 bytes at 100 servers")
    assert row("  refactored reaches").endswith("of 1,000 bytes at no number of servers")


def test_gb_seconds_are_those_of_all_functions() -> None:
    more = replace(BENCH.usage[1], gb_seconds={"f": 2.0, "g": 0.5})
    found = row("  GB-seconds", usage=(BENCH.usage[0], more))
    assert found.split() == ["GB-seconds", "1.50", "2.50"]


def test_growth_is_told_with_what_is_over() -> None:
    title = "how cost grows: power of the size, legacy and refactored"
    assert row("  AWS calls, waves").endswith("1.00        1.00   to 20: 40.0 and 60.0")
    assert "OVER: AWS calls grow with waves" in row("  AWS calls, waves", curves=(STEEP,))
    assert title in lines()
    assert title not in lines(curves=())


def test_instructions_and_power_are_told_where_they_were_measured() -> None:
    assert not any("instructions" in line or "effect" in line for line in lines())
    counted = replace(COMPUTE, instructions=Instructions(2_000, 2_100))
    points = tuple(PowerPoint(p, {"within": 0.75, "over": 0.25}, 400, 2_000) for p in (-5.0, 0.0))
    found = lines(compute=counted, power=points)
    assert any(line.endswith("2,000 legacy, 2,100 refactored, ratio 1.050.") for line in found)
    assert "verdicts on tree code by the true effect, of 400 runs drawn again" in found
    assert any(line.split() == ["-5%", "75.0%", "25.0%"] for line in found)


def test_the_verdict_comes_last_with_its_gates() -> None:
    found = lines()
    assert found[-1] == (
        "within: 20 draws of bench-2-waves-of-3, 40 more of its begin, seed 7, in 12.3 s"
    )
    assert found[-2] == f"compute: {JUDGED.sentence}"
    assert found[-4].startswith("execution: the refactored execution lies inside ±5%")
    over = lines(budgets=(replace(BUDGET, verdict="over"),))
    assert over[-1].startswith("over: ")


def test_problems_and_what_was_not_measured_are_told() -> None:
    found = lines(problems=("a worker died",), left_out=("power: --power",))
    assert "problem: a worker died" in found
    assert "not measured: power: --power" in found
    assert found[-1].startswith("invalid: ")
