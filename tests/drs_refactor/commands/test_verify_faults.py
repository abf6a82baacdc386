"""`verify --faults` and the replay of what it finds, as a user meets them."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from drs_refactor.__main__ import main

SMALL = "begin-where-drs-is-not-initialized"


@pytest.mark.usefixtures("in_process")
def test_a_divergence_is_shown_written_and_replayed(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    index = checkout / "refactored/lambda/orchestration-stepfunctions/index.py"
    text = index.read_text()
    assert text.count("for pause in (0.25, 0.5, 1, 2, 4, None):") == 1
    index.write_text(text.replace("(0.25, 0.5, 1, 2, 4, None)", "(None,)"))
    assert main(["verify", "--faults", "--scenario", SMALL, "--json", "f.json"]) == 1
    out = capsys.readouterr().out
    assert "  by          throttled: invocation of start_wave_recovery no. 1 in " in out
    assert out.splitlines()[-1].startswith("divergent: ")
    document = json.loads(Path("f.json").read_text())
    assert document["verdict"] == "divergent"
    assert document["faults"]["struck"] == document["faults"]["asked"]
    replay = next(line for line in out.splitlines() if line.startswith("  replay: "))
    assert main(shlex.split(replay.partition("drs-refactor ")[2])) == 1
    assert "state, in the end, answers" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--faults", "--budget", "0"], "--budget must be more than 0 seconds"),
        (["--budget", "9"], "--budget is for --faults"),
        (["--faults", "--junit", "x.xml"], "--junit does not go with --faults"),
        (["--faults", "--coverage"], "--coverage does not go with --faults"),
    ],
)
def test_options_that_do_not_go_together(
    checkout: Path, capsys: pytest.CaptureFixture[str], options: list[str], told: str
) -> None:
    assert main(["verify", *options]) == 2
    assert told in capsys.readouterr().err
    assert not Path("x.xml").exists()
