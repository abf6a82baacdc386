"""`bench` as a user meets it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from drs_refactor.__main__ import main
from tests.conftest import InProcess

REPORTS = "".join(
    f"2026-11-20T10:00:0{n}.000Z REPORT RequestId: 3f1d-{n}\tDuration: 7{n}.03 ms\t"
    f"Billed Duration: 8{n} ms\tMemory Size: 512 MB\tMax Memory Used: 88 MB\t"
    f"Init Duration: 38{n}.00 ms\t\n"
    for n in range(6)
)
"""As a log group is exported."""


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, Path]:
    """Both trees, as little as says anything, in this process."""
    folder = tmp_path_factory.mktemp("bench")
    files = ("--json", "b.json"), ("--report", "bench.md"), ("--history", "history")
    wanted = [word for option, name in files for word in (option, f"{folder}/{name}")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("harness.bench.campaign.Workers", InProcess)
        return main(
            ["bench", "--scenario", "drill-one-wave", "--draws", "20", "--pairs", "80", *wanted]
        ), folder


@pytest.mark.slow
@pytest.mark.equivalence
class TestOfTheShippedTrees:
    def test_the_document(self, measured: tuple[int, Path]) -> None:
        code, folder = measured
        document = json.loads((folder / "b.json").read_text())
        assert set(document["levels"]) == {"execution", "wave", "action"}
        for level in document["levels"].values():
            assert level["low"] <= level["ratio"] <= level["high"]
            assert level["verdict"] in ("within", "over", "faster", "inconclusive")
        assert document["levels"]["execution"]["verdict"] == "within"
        assert document["levels"]["action"]["verdict"] == "over"
        assert document["problems"] == []
        assert code == {"within": 0, "inconclusive": 3, "invalid": 3}[document["verdict"]]
        assert {gate["name"] for gate in document["gates"]} >= {"execution", "compute"}

    def test_the_report_and_its_pictures(self, measured: tuple[int, Path]) -> None:
        _, folder = measured
        text = (folder / "bench.md").read_text()
        assert text.startswith("# Bench: ")
        for picture in re.findall(r"\]\((.+?\.svg)\)", text):
            assert (folder / picture).read_text().startswith("<svg")
        assert str(folder) not in text

    def test_the_history_is_judged_again(
        self, measured: tuple[int, Path], capsys: pytest.CaptureFixture[str]
    ) -> None:
        _, folder = measured
        (run,) = (folder / "history").rglob("0001_*.json")
        assert main(["bench", "--judge", str(run)]) in (0, 3)
        assert "execution: tree code of one execution" in capsys.readouterr().out
        assert str(folder) not in run.read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--draws", "3"], "3 draws say nothing of a p95"),
        (["--pairs", "3"], "3 pairs are too few"),
        (["--latency", "none.toml"], "none.toml"),
        (["--judge", "migration.toml"], "is not valid JSON"),
        (["--calibrate", "migration.toml"], "has no REPORT line"),
        (["--scenario", "nothing-like-it"], "no scenario matches"),
    ],
)
@pytest.mark.usefixtures("checkout")
def test_bad_input(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", *arguments, "--json", "b.json"]) == 2
    told = capsys.readouterr()
    assert said in told.err
    assert len(told.err.splitlines()) == 1
    assert told.out == ""
    assert json.loads(Path("b.json").read_text())["verdict"] == "refused"


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("[call.drs.StartRecover]\np50 = 1\n", 1, "drs has no operation 'StartRecover'"),
        ('[states.transition]\np50 = -1\nsource = "x"\n', 2, "'p50' must not be negative"),
        ('[states.transition]\nsamples = []\nsource = "x"\n', 2, "has no sample"),
    ],
)
def test_a_wrong_latency_model(
    checkout: Path, text: str, line: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (checkout / "latency.toml").write_text(text)
    assert main(["bench"]) == 2
    assert f"latency.toml:{line}: " in (told := capsys.readouterr().err)
    assert said in told


def test_a_model_from_reports(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (checkout / "lambda.log").write_text(REPORTS)
    assert main(["bench", "--calibrate", "lambda.log"]) == 0
    written = capsys.readouterr().out
    assert "[lambda.cold.512]\np50 = 0.383\n" in written
    assert 'source = "6 cold starts in lambda.log"' in written
