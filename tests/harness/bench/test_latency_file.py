from __future__ import annotations

from pathlib import Path

import pytest

from drs_refactor.errors import InputError
from harness.bench.latency import Latencies
from harness.bench.latency_file import SHIPPED, latencies

START = "[call.drs.StartRecovery]\np50 = 1\n"
MEASURED = 'source = "measured"\n'


def own(tmp_path: Path, text: str) -> Latencies:
    path = tmp_path / "latency.toml"
    path.write_text(text, encoding="utf-8")
    return latencies(path)


def test_the_shipped_file_loads() -> None:
    found = latencies()
    assert found.where == ("as shipped",)
    assert (found.idle, found.concurrency) == (420, 1_000)
    assert found.prices.gb_second == pytest.approx(1.66667e-5)
    assert found.prices.source
    assert found.call("drs", "StartRecovery").items == "sourceServers"
    assert found.call("drs", "DescribeJobs").name == "call.drs.default"
    assert found.call("lambda", "Invoke").seconds.p50 == 0


def test_each_shipped_entry_says_where_it_is_from() -> None:
    for name, found in latencies().entries.items():
        assert found.name == name
        assert found.source.strip(), name
        if found.assumed or found.low is not None:
            assert found.low is not None, name
            assert found.high is not None, name
            assert found.low <= found.seconds.p50 <= found.high, name


def test_an_own_file_lies_over_the_shipped_one_entry_by_entry(tmp_path: Path) -> None:
    text = (
        f"{START}p95 = 3\n{MEASURED}[lambda.cold.3008]\nsamples = [3, 1, 2]\n{MEASURED}"
        "[settings]\nidle = 60\n[price]\nrequest = 1\n"
    )
    found, shipped = own(tmp_path, text), latencies()
    start = found.entries["call.drs.StartRecovery"]
    assert (start.seconds.p50, start.seconds.p95, start.source) == (1, 3, "measured")
    assert (start.low, start.per_item, start.items) == (None, 0, "")
    cold = found.cold(4_000).seconds
    assert (cold.samples, cold.p50) == ((1, 2, 3), 2)
    assert (found.idle, found.concurrency) == (60, 1_000)
    assert (found.prices.request, found.prices.transition) == (1, shipped.prices.transition)
    assert found.where == ("as shipped", "latency.toml")
    changed = {"call.drs.StartRecovery", "lambda.cold.3008"}
    rest = {name: one for name, one in found.entries.items() if name not in changed}
    assert rest == {name: one for name, one in shipped.entries.items() if name not in changed}


def test_an_operation_that_the_shipped_file_lacks(tmp_path: Path) -> None:
    found = own(tmp_path, f"[call.ec2.DescribeVpcs]\np50 = 1\n{MEASURED}")
    assert found.call("ec2", "DescribeVpcs").seconds.p50 == 1
    assert found.call("ec2", "DescribeSubnets").name == "call.ec2.default"


def test_an_empty_own_file_changes_nothing(tmp_path: Path) -> None:
    assert own(tmp_path, "") == latencies()


NO_SERVICE = ("botocore knows no service 'rds2'", "boto3.client()")
NO_OPERATION = "Name it as AWS's API reference does: call.drs.StartRecovery"
NUMBER, NEGATIVE, KNOWN = "must be a number", "must not be negative", "Known keys: "
MISTAKES = [
    # the text, the line that is named, what is said, how to mend it (where that is not plain)
    (f"\n[call.rds2.default]\np50 = 1\n{MEASURED}", 2, *NO_SERVICE),
    (f"\n[call.rds2.X]\np50 = 1\n{MEASURED}", 2, *NO_SERVICE),
    (f"[call.drs.Start]\np50 = 1\n{MEASURED}", 1, "drs has no operation 'Start'", NO_OPERATION),
    (
        f"[call.drs.start_recovery]\np50 = 1\n{MEASURED}",
        1,
        "drs has no operation 'start_recovery'",
        NO_OPERATION,
    ),
    (f"[call.drs]\np50 = 1\n{MEASURED}", 1, "nothing like 'call.drs'", "Known: call.default, "),
    (f"[lambda.cold.big]\np50 = 1\n{MEASURED}", 1, "nothing like 'lambda.cold.big'", "Known: "),
    (f"[lamda.code]\np50 = 1\n{MEASURED}", 1, "nothing like 'lamda.code'", "lambda.code"),
    (f"\n[drs.launching]\np50 = 1\n{MEASURED}", 2, "nothing like 'drs.launching'", "drs.launch"),
    ("p50 = 1\n", 1, "'p50' must be a table", ""),
    ("[lambda.code]\n", 1, "has no 'source'", "Add source = "),
    (f"[lambda.code]\n{MEASURED}", 1, "[lambda.code] has no 'p50'", "Add p50 = "),
    (f"{START}p96 = 2\n{MEASURED}", 3, "unknown key 'p96' in [call.drs.StartRecovery]", KNOWN),
    (f"{START}p95 = -1\n{MEASURED}", 3, f"'p95' {NEGATIVE}: -1", "Times are in seconds"),
    (f"[lambda.code]\n{MEASURED}p50 = -0.1\n", 3, f"'p50' {NEGATIVE}: -0.1", "in seconds"),
    (f"[lambda.code]\n{MEASURED}p50 = nan\n", 3, f"'p50' {NUMBER}", ""),
    (f"[lambda.code]\n{MEASURED}p50 = inf\n", 3, f"'p50' {NUMBER}", ""),
    (f"[lambda.code]\n{MEASURED}p50 = true\n", 3, f"'p50' {NUMBER}", ""),
    (f'[lambda.code]\n{MEASURED}p50 = "1"\n', 3, f"'p50' {NUMBER}", ""),
    (f"{START}p95 = 0.5\n{MEASURED}", 3, "p95 = 0.5 does not go with p50 = 1", ""),
    (f"[lambda.code]\n{MEASURED}p50 = 0\np95 = 1\n", 4, "does not go with p50 = 0", ""),
    (f"[lambda.code]\n{MEASURED}samples = []\n", 3, "has no sample", "Give at least one"),
    (f"[lambda.code]\n{MEASURED}samples = 1\n", 3, "'samples' must be an array", ""),
    (f"[lambda.code]\n{MEASURED}samples = [1, -1]\n", 3, f"'samples' {NEGATIVE}", "in seconds"),
    (f"[lambda.code]\n{MEASURED}samples = [1, nan]\n", 3, f"'samples' {NUMBER}", ""),
    (f"{START}{MEASURED}samples = [1]\n", 4, "has samples and quantiles", "one of the two"),
    (
        f"[lambda.code]\n{MEASURED}samples = [1]\np95 = 2\n",
        3,
        "has samples and quantiles",
        "one of the two",
    ),
    (f"{START}{MEASURED}range = [2, 1]\n", 4, "'range' ends below its begin: 2 to 1", ""),
    (f"{START}{MEASURED}range = [2]\n", 4, "'range' must be two numbers", "[lowest, highest]"),
    (
        f"{START}{MEASURED}range = [0, 1, 2]\n",
        4,
        "'range' must be two numbers",
        "[lowest, highest]",
    ),
    (f"{START}{MEASURED}range = 2\n", 4, "'range' must be an array", ""),
    (f"{START}{MEASURED}range = [-1, 2]\n", 4, f"'range' {NEGATIVE}", "in seconds"),
    (f"{START}{MEASURED}range = [0, inf]\n", 4, f"'range' {NUMBER}", ""),
    (f'\n{START}source = "assumed: so"\n', 2, "is assumed and has no range", "Add range = "),
    (f'{START}source = " "\n', 3, "has an empty source", 'Write "assumed"'),
    (f"{START}source = 3\n", 3, "'source' must be a string", ""),
    (f"{START}{MEASURED}per_item = 1\n", 1, "one of 'per_item' and 'items'", "Give both"),
    (f'{START}{MEASURED}items = "x"\n', 1, "one of 'per_item' and 'items'", "Give both"),
    (f'{START}{MEASURED}items = "x"\nper_item = -1\n', 5, f"'per_item' {NEGATIVE}", "in seconds"),
    ("[settings]\nidel = 1\n", 2, "unknown key 'idel' in [settings]", f"{KNOWN}concurrency, idle"),
    ("[settings]\nidle = -1\n", 2, f"'idle' {NEGATIVE}", ""),
    ("[settings]\nconcurrency = false\n", 2, f"'concurrency' {NUMBER}", ""),
    ("settings = 1\n", 1, "'settings' must be a table", ""),
    ("\n[price]\nhour = 1\n", 3, "unknown key 'hour' in [price]", f"{KNOWN}gb_second, "),
    ("[price]\nsource = 1\n", 2, "'source' must be a string", ""),
    ("[price]\nrequest = nan\n", 2, f"'request' {NUMBER}", ""),
    (f'[call.drs]\nsorce = "x"\n{START}{MEASURED}', 2, "unknown key 'sorce'", KNOWN),
    (f"[lambda.cold.0300]\np50 = 1\n{MEASURED}", 1, "nothing like 'lambda.cold.0300'", "Known: "),
    ("[settings]\nconcurrency = 0.9\n", 2, "a whole number from 1 on: 0.9", "1000"),
    (f'{START}source = "Assumed"\n', 1, "is assumed and has no range", "Add range"),
    (f"{START}{MEASURED}range = [2, 3]\n", 4, "is outside its range", "around p50"),
    ("\n[call\n", 2, "this is not valid TOML", ""),
]


@pytest.mark.parametrize(("text", "line", "what", "mend"), MISTAKES)
def test_mistakes_are_told_with_their_line(
    tmp_path: Path, text: str, line: int, what: str, mend: str
) -> None:
    with pytest.raises(InputError) as caught:
        own(tmp_path, text)
    assert caught.value.place == f"{tmp_path / 'latency.toml'}:{line}"
    assert what in caught.value.what
    assert mend in caught.value.mend
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"there is no such file. Name one with --latency FILE"):
        latencies(tmp_path / "none.toml")


def test_the_shipped_file_is_an_own_one_too() -> None:
    assert latencies(SHIPPED) == latencies()
