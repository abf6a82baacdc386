"""Measured runs, a small model and a whole benchmark, made by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from drs_refactor.model import Gates
from harness.bench.causes import Share
from harness.bench.draws import Pair
from harness.bench.gates import Budget, Level
from harness.bench.growth import Curve
from harness.bench.intervals import Interval
from harness.bench.latency import Distribution, Entry, Latencies, Prices
from harness.bench.levels import HANDOVER, TO_RECOVERY, Measured
from harness.bench.pace import Invoked
from harness.bench.results import Bench
from harness.bench.sensitivity import Sensitive
from harness.bench.usage import Reached, Usage
from harness.compute.results import Compute, Estimate, Judged

PRICES = Prices(gb_second=0.5, request=0.25, transition=0.125, source="made up")
INVOKED = Invoked("f", "", 1024, True, 0.0, 1.0, 3.0, 100, 200)
MEASURED = Measured(
    status="SUCCEEDED",
    execution=100.0,
    waves=(50.0, 50.0),
    actions=(("A", 1.0), ("B", 2.0)),
    to_recovery=1.0,
    handovers=(),
    spent={},
    waited={TO_RECOVERY: {}, HANDOVER: {}},
    in_actions={},
    invocations=(INVOKED,),
    calls={"drs.StartRecovery": 1},
    transitions=8,
    at_once=1,
    state_bytes=300,
)


def run(**changes: Any) -> Measured:
    """A measured run; what is not said is as in `MEASURED`."""
    return replace(MEASURED, **changes)


def pairs(*both: tuple[Measured, Measured]) -> list[Pair]:
    """Pairs of (legacy, refactored), numbered."""
    return [Pair(number, legacy, refactored) for number, (legacy, refactored) in enumerate(both)]


def entry(
    name: str, p50: float, low: float | None = None, high: float | None = None, **changes: Any
) -> Entry:
    return replace(Entry(name, Distribution(p50), "assumed", low, high), **changes)


def model(*entries: Entry, **changes: Any) -> Latencies:
    """A model of these entries alone."""
    found = Latencies({one.name: one for one in entries}, 420.0, 1_000, PRICES, ("as shipped",))
    return replace(found, **changes)


LEVEL = Level("execution", 100.0, 102.0, 20, 20, Interval(1.02, 1.01, 1.03), 0.05, "within", True)
BUDGET = Budget(
    TO_RECOVERY, 0.95, 1.5, 2.0, 40, Interval(0.5, 0.25, 0.75), limit=1.0, verdict="within"
)
CURVE = Curve(
    "waves", "AWS calls", (1, 5, 10, 20), (2.0, 10.0, 20.0, 40.0), (3.0, 15.0, 30.0, 60.0)
)
STEEP = replace(CURVE, refactored=(1.0, 25.0, 100.0, 400.0))
SENSITIVE = Sensitive("call.drs.default", 0.15, "execution", 1.05, 1.02, 1.01, 1.04, 0.05, 1.0, 2.5)
USAGE = Usage({"drs.DescribeJobs": 4.0}, {"f": 3.0}, {"f": 1.5}, 9.0, 4_000, 3_000, 1, 0.000_5)
ESTIMATE = Estimate(1.01, 0.99, 1.03, 80)
JUDGED = Judged(
    "execution", "within", "tree code is as fast", 10, 0.004, 0.00404, ESTIMATE,
    ESTIMATE, Estimate(1.1, 1.09, 1.11, 80), 0.001,
)  # fmt: skip
COMPUTE = Compute("drill", "within", (JUDGED,), (), (3, 3), (9, 12), (0.1, 0.2), 0, 2.0)
BENCH = Bench(
    gates=Gates(),
    latencies=model(entry("call.drs.default", 0.15, 0.05, 1.0), entry("lambda.code", 0.002)),
    seed=7,
    scenario="bench-2-waves-of-3",
    draws=20,
    begun=40,
    levels=(
        LEVEL,
        replace(LEVEL, name="wave", count=40, decides=False),
        replace(LEVEL, name="action", verdict="over", ratio=Interval(1.4, 1.3, 1.5), decides=False),
    ),
    budgets=(replace(BUDGET, quantile=0.5, limit=None), BUDGET),
    shares=(
        Share("execution", 2.0, {"cold start": 1.5, "extra AWS calls": 0.5},
              {"cold start": [("f", 1.2), ("g", 0.3)], "extra AWS calls": [("drs.X", 0.5)]}),
    ),
    sensitivity=(SENSITIVE,),
    usage=(USAGE, replace(USAGE, calls={"drs.DescribeJobs": 4.0, "lambda.Invoke": 3.0})),
    reached={"legacy": (Reached("Lambda payload", 1_000, 100.0, 9.0),),
             "refactored": (Reached("Lambda payload", 1_000, 100.0, 0.0),)},
    curves=(CURVE,),
    compute=COMPUTE,
    power=(),
    example=Pair(0, MEASURED, MEASURED),
    left_out=(),
    problems=(),
    seconds=12.34,
)  # fmt: skip


def benchmark(**changes: Any) -> Bench:
    """A benchmark that is within; what is not said is as in `BENCH`."""
    return replace(BENCH, **changes)
