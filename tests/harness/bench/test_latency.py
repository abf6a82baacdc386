from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.bench.latency import FULL_CPU_MB, Distribution, share_of_cpu, uniform
from tests.harness.bench.support import entry, model

SECONDS = st.floats(1e-4, 1e3)
SHARE = st.floats(0, 1, exclude_max=True)
LOGNORMAL = st.builds(lambda p50, more: Distribution(p50, p50 * more), SECONDS, st.floats(1, 20))
SAMPLED = st.lists(SECONDS, min_size=1, max_size=9).map(
    lambda found: Distribution(sorted(found)[len(found) // 2], samples=tuple(sorted(found)))
)
ANY = st.one_of(LOGNORMAL, SAMPLED, SECONDS.map(Distribution))


@pytest.mark.parametrize(("p50", "p95"), [(0.025, 0.060), (20.0, 60.0), (1.0, 1.0)])
def test_the_quantiles_that_are_given_come_out(p50: float, p95: float) -> None:
    found = Distribution(p50, p95)
    assert found.quantile(0.5) == pytest.approx(p50)
    assert found.quantile(0.95) == pytest.approx(p95)


def test_it_is_lognormal() -> None:
    found = Distribution(0.1, 0.4)
    assert found.quantile(0.05) == pytest.approx(0.1**2 / 0.4)
    assert found.quantile(0.25) * found.quantile(0.75) == pytest.approx(0.1**2)


@pytest.mark.parametrize("found", [Distribution(0.3), Distribution(0.0, 0.0)])
@pytest.mark.parametrize("u", [0.0, 0.5, 0.999])
def test_without_a_p95_it_is_always_the_same(found: Distribution, u: float) -> None:
    assert found.quantile(u) == found.p50


def test_samples_are_drawn_as_measured() -> None:
    found = Distribution(2.0, samples=(1.0, 2.0, 5.0))
    assert [found.quantile(n / 6) for n in range(6)] == [1.0, 1.0, 2.0, 2.0, 5.0, 5.0]
    assert found.quantile(0.999_999) == 5.0


@pytest.mark.parametrize("u", [0.0, 1 - 2**-53])
def test_ends_are_finite(u: float) -> None:
    assert 0 < Distribution(1.0, 3.0).quantile(u) < 1e4


@given(ANY, SHARE, SHARE)
def test_quantiles_rise(found: Distribution, u: float, v: float) -> None:
    low, high = sorted((u, v))
    assert found.quantile(low) <= found.quantile(high)


@given(ANY, SHARE, st.floats(0.01, 100))
def test_scaled_scales_every_quantile(found: Distribution, u: float, factor: float) -> None:
    assert found.scaled(factor).quantile(u) == pytest.approx(factor * found.quantile(u))


def test_an_entry_is_scaled_with_what_its_items_take() -> None:
    found = entry("call.drs.X", 0.2, 0.1, 0.4, per_item=0.01, items="servers").scaled(3)
    assert found.seconds.p50 == pytest.approx(0.6)
    assert found.per_item == pytest.approx(0.03)
    assert (found.low, found.high, found.items) == (0.1, 0.4, "servers")


def test_one_entry_of_a_model_is_scaled() -> None:
    before = model(entry("a", 1.0), entry("b", 1.0))
    after = before.scaled("b", 5)
    assert [one.seconds.p50 for one in after.entries.values()] == [1.0, 5.0]
    assert before.entries["b"].seconds.p50 == 1.0


@pytest.mark.parametrize(("source", "assumed"), [("assumed: so", True), ("5 ms; assumed", False)])
def test_assumed_is_what_the_source_begins_with(source: str, assumed: bool) -> None:
    assert entry("a", 1.0, source=source).assumed is assumed


@pytest.mark.parametrize(
    ("service", "operation", "name"),
    [
        ("drs", "StartRecovery", "call.drs.StartRecovery"),
        ("drs", "DescribeJobs", "call.drs.default"),
        ("ec2", "StartRecovery", "call.default"),
    ],
)
def test_the_nearest_entry_of_a_call(service: str, operation: str, name: str) -> None:
    names = ("call.default", "call.drs.default", "call.drs.StartRecovery")
    assert model(*(entry(one, 1.0) for one in names)).call(service, operation).name == name


@pytest.mark.parametrize(
    ("memory", "nearest"), [(128, 256), (256, 256), (600, 512), (900, 1024), (10_240, 1024)]
)
def test_the_nearest_memory_of_a_cold_start(memory: int, nearest: int) -> None:
    names = ("lambda.cold.1024", "lambda.cold.256", "lambda.code", "lambda.cold.512")
    found = model(*(entry(one, 1.0) for one in names)).cold(memory)
    assert found.name == f"lambda.cold.{nearest}"


def test_where_a_model_is_from_makes_no_other_of_it() -> None:
    assert replace(model(), where=("elsewhere",)) == model()


@pytest.mark.parametrize(("memory", "share"), [(FULL_CPU_MB, 1.0), (3_008, 1.0), (512, 512 / 1769)])
def test_memory_is_cpu(memory: int, share: float) -> None:
    assert share_of_cpu(memory) == pytest.approx(share)


def test_uniform_numbers_are_the_same_on_any_machine() -> None:
    assert uniform(0, "AWS call", "drs.StartRecovery", 0) == 0.13473031351553058
    assert uniform(1) == 0.2301055870570609
    assert uniform("1") == 0.7390049403074744
    assert uniform() == 0.5920613100683597


@given(st.lists(st.one_of(st.integers(), st.text()), max_size=3))
def test_uniform_numbers_lie_in_the_unit_interval(key: list[object]) -> None:
    assert 0 <= uniform(*key) < 1
    assert uniform(*key) == uniform(*key)


def test_uniform_numbers_are_spread_evenly() -> None:
    tenths = [0] * 10
    for number in range(2_000):
        tenths[int(10 * uniform(0, "x", number))] += 1
    assert all(160 < count < 240 for count in tenths)  # 3 standard deviations: 40
    follow = sum(uniform(0, n) > uniform(0, n + 1) for n in range(1_000))
    assert 450 < follow < 550
