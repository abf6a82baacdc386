from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from drs_refactor.__main__ import COMMANDS, main


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([command, "--help"])
    assert caught.value.code == 0
    assert "example: " in capsys.readouterr().out


def test_all_commands_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    out = capsys.readouterr().out
    assert all(command in out for command in COMMANDS)


@pytest.mark.parametrize(
    "arguments", [[], ["nonsense"], ["migrate", "--lost"], ["migrate", "--check", "--diff"]]
)
def test_bad_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "Traceback" not in capsys.readouterr().err


def test_bad_input_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "none.toml"
    assert main(["migrate", "--config", str(config)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == (
        f"drs-refactor: {config}: there is no such file. Name one with --config FILE\n"
    )


def test_migrate_does_not_load_the_harness() -> None:
    code = (
        "import sys; from drs_refactor.__main__ import main\n"
        "main(['migrate', '--config', 'none.toml'])\n"
        "assert not [m for m in sys.modules if m.partition('.')[0] in ('moto', 'harness')]"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
