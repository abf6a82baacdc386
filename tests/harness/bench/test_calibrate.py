from __future__ import annotations

from pathlib import Path

import pytest

from drs_refactor.errors import InputError
from harness.bench.calibrate import FEWEST, Report, entries, reports
from harness.bench.latency_file import latencies

LOG = """\
2026-08-03T09:00:00.123Z INIT_START Runtime Version: python:3.12.v85\tRuntime Version ARN: arn:aws:lambda:us-east-1::runtime:5dd3
2026-08-03T09:00:00.510Z START RequestId: 3f8a2c1e-0d5b-4a7e-9f11-6f2b8c4d1a90 Version: $LATEST
[INFO]\t2026-08-03T09:00:00.560Z\t3f8a2c1e-0d5b-4a7e-9f11-6f2b8c4d1a90\tAction: begin
2026-08-03T09:00:00.588Z END RequestId: 3f8a2c1e-0d5b-4a7e-9f11-6f2b8c4d1a90
2026-08-03T09:00:00.588Z REPORT RequestId: 3f8a2c1e-0d5b-4a7e-9f11-6f2b8c4d1a90\tDuration: 77.03 ms\tBilled Duration: 78 ms\tMemory Size: 512 MB\tMax Memory Used: 88 MB\tInit Duration: 387.25 ms\t
2026-08-03T09:00:30.702Z REPORT RequestId: 9c0d7a44-51c3-4b0e-8a8e-0b7a52cf1d02\tDuration: 12.50 ms\tBilled Duration: 13 ms\tMemory Size: 512 MB\tMax Memory Used: 88 MB\t
XRAY TraceId: 1-5759e988-bd862e3fe1be46a994272793\tSegmentId: 557abcec3ee5a1c9\tSampled: true
REPORT RequestId: 5b1f6f8e-7e62-4c55-b1b0-aa3d0e6d6c03  Duration: 3 ms  Billed Duration: 3 ms  Memory Size: 1024 MB  Max Memory Used: 90 MB
"""  # noqa: E501


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "begin.log"
    path.write_text(text, encoding="utf-8")
    return path


def line(ran: float, memory: int = 512, init: float | None = None) -> str:
    more = f"Init Duration: {init:.2f} ms\t" if init is not None else ""
    return (
        f"REPORT RequestId: 3f8a2c1e\tDuration: {ran:.2f} ms\tBilled Duration: {ran:.0f} ms\t"
        f"Memory Size: {memory} MB\tMax Memory Used: 88 MB\t{more}\n"
    )


def test_report_lines_are_read_from_among_others(tmp_path: Path) -> None:
    assert reports(written(tmp_path, LOG)) == [
        Report(pytest.approx(0.077_03), 512, pytest.approx(0.387_25)),  # type: ignore[arg-type]
        Report(0.0125, 512, None),
        Report(0.003, 1_024, None),
    ]


def test_cold_starts_become_an_entry_that_can_be_read(tmp_path: Path) -> None:
    inits = [300.0, 320.0, 340.0, 360.0, 700.0]
    text = "".join([*(line(80, 512, init) for init in inits), line(10), line(30), line(9, 256)])
    lines = list(entries(reports(written(tmp_path, text)), "begin.log"))
    own = tmp_path / "latency.toml"
    own.write_text("\n".join(lines), encoding="utf-8")
    found = latencies(own).entries["lambda.cold.512"]
    assert (found.seconds.p50, found.seconds.p95) == (0.340, 0.632)
    assert (found.low, found.high) == (0.300, 0.700)
    assert found.source == "5 cold starts in begin.log"
    assert not found.assumed
    assert "# 256 MB: 0 cold starts in begin.log, too few to tell" in lines
    told = "# 512 MB, warm: 2 invocations ran 0.020 s at p50, 0.029 s at p95, AWS calls included"
    assert told in lines
    shipped = latencies().entries
    assert {name for name, one in latencies(own).entries.items() if one != shipped[name]} == {
        "lambda.cold.512"
    }


def test_each_memory_has_an_entry_of_its_own(tmp_path: Path) -> None:
    text = "".join(line(9, memory, 200.0 + memory) for memory in (1_024, 128) for _ in range(5))
    lines = list(entries(reports(written(tmp_path, text)), "x"))
    assert [one for one in lines if one.startswith("[")] == [
        "[lambda.cold.128]",
        "[lambda.cold.1024]",
    ]
    assert "p50 = 0.328" in lines
    assert "p95 = 0.328" in lines


def test_too_few_cold_starts_say_nothing(tmp_path: Path) -> None:
    text = "".join(line(80, 512, 300.0) for _ in range(FEWEST - 1))
    lines = list(entries(reports(written(tmp_path, text)), "x.log"))
    assert lines == ["# 512 MB: 4 cold starts in x.log, too few to tell", ""]
    own = tmp_path / "latency.toml"
    own.write_text("\n".join(lines), encoding="utf-8")
    assert latencies(own) == latencies()


@pytest.mark.parametrize(
    "text", ["", "START RequestId: 3f8a2c1e Version: $LATEST\n", "REPORT RequestId: 3f8a2c1e\n"]
)
def test_a_log_without_any_report_is_refused(tmp_path: Path, text: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(InputError, match="has no REPORT line of Lambda") as caught:
        reports(path)
    assert caught.value.place == str(path)
    assert "Export the function's log group" in caught.value.mend


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "binary.log").write_bytes(b"\xff\xfe\x00REPORT")
    for name in ("binary.log", "none.log"):
        with pytest.raises(InputError, match="cannot be read") as caught:
            reports(tmp_path / name)
        assert "as text" in caught.value.mend
