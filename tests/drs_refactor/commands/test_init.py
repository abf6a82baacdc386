from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from codemods.migrate import migrate
from drs_refactor.__main__ import main
from drs_refactor.migration import load


@pytest.fixture
def folder(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(root / "legacy", tmp_path / "legacy")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_shipped_tree_needs_no_edit_at_all(
    folder: Path, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init"]) == 0
    shown = capsys.readouterr().out
    assert "  start_wave_recovery (line 615) moves to execution-handler\n" in shown
    assert shown.endswith("  next      drs-refactor migrate --diff\n")
    written, ours = load(folder / "migration.toml"), load(root / "migration.toml")
    theirs = {move.function: move for move in ours.moves}
    for move in written.moves:
        if move.action:
            wanted = theirs[move.function]
            assert (move.destination, move.mutates, move.returns, move.on_invocation_failure) == (
                wanted.destination,
                wanted.mutates,
                wanted.returns,
                wanted.on_invocation_failure,
            )
    assert migrate(folder / "legacy", written).service_calls_left == ()


def test_a_file_that_is_there_is_kept(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "migration.toml").write_text("mine")
    assert main(["init"]) == 2
    assert capsys.readouterr().err == (
        "drs-refactor: migration.toml: this file is there already. "
        "Move it away, or name another: --config\n"
    )
    assert (folder / "migration.toml").read_text() == "mine"


def test_nothing_is_written_if_nothing_can_move(folder: Path) -> None:
    assert main(["init", "--service", "batch"]) == 2
    assert not (folder / "migration.toml").exists()


def test_a_refusal_of_the_move_is_what_comes_next(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    index = folder / "legacy/lambda/orchestration-stepfunctions/index.py"
    index.write_text(
        index.read_text().replace("def start_wave_recovery(", "async def start_wave_recovery(")
    )
    assert main(["init"]) == 0
    shown = capsys.readouterr().out
    assert "It is async, which an invocation cannot keep." in shown
    assert "  next      legacy/lambda/orchestration-stepfunctions/index.py:6" in shown


TAKES_A_CLIENT = """

def servers_of(client, region):
    return client.describe_source_servers()["items"]
"""


@pytest.mark.parametrize(
    ("caller", "written"),
    [
        (
            'servers_of(boto3.client("ec2"), "eu")',
            """made_anew = { client = "boto3.client('ec2')" }""",
        ),
        ('servers_of(make(), "eu")', '# made_anew = { client = "…" }'),
        (
            'servers_of(boto3.client("ec2"), "a") + servers_of(boto3.client("ec2", "b"), "b")',
            '# made_anew = { client = "…" }',
        ),
    ],
)
def test_what_json_cannot_carry(folder: Path, caller: str, written: str) -> None:
    index = folder / "legacy/lambda/orchestration-stepfunctions/index.py"
    with index.open("a") as file:
        file.write(f"{TAKES_A_CLIENT}\n\ndef more():\n    return {caller}\n")
    assert main(["init"]) == 0
    lines = (folder / "migration.toml").read_text().splitlines()
    assert written in lines
    assert lines[lines.index(written) - 1].startswith("# ? client cannot cross as JSON (")


def test_questions_are_told_with_their_line(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    index = folder / "legacy/lambda/orchestration-stepfunctions/index.py"
    with index.open("a") as file:
        file.write('\n\ndef more():\n    return boto3.client("mgn").describe_jobs()\n')
    assert main(["init"]) == 0
    line = (folder / "migration.toml").read_text().splitlines()[6]
    assert line.startswith("# ? What stays in orchestration-stepfunctions calls mgn too")
    assert f"  question  migration.toml:7: {line.removeprefix('# ? ')}\n" in capsys.readouterr().out
