"""The shipped tree under other names, in other folders, with other habits: `init` finds its way."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from drs_refactor.__main__ import main

pytestmark = [pytest.mark.equivalence, pytest.mark.usefixtures("in_process")]

NAMES = {
    "start_wave_recovery": "launch_recovery",
    "update_wave_status": "refresh_progress",
    "apply_launch_config_before_recovery": "prepare_launch_settings",
    "query_drs_servers_by_tags": "tagged_servers",
    "OrchestrationFunction": "WaveRunner",
    "ExecutionHandlerFunction": "RecoveryApi",
    "QueryHandlerFunction": "LookupApi",
    "LambdaExecutionRole": "SharedRole",
    "create_drs_client": "recovery_client",
}
FOLDERS = {
    "orchestration-stepfunctions": "wave_runner",
    "execution-handler": "recovery_api",
    "query-handler": "lookup_api",
}


def rearrange(root: Path, tree: Path) -> None:
    """A copy of the tree with other names, folders, line ends and a dispatcher of another kind."""
    shutil.copytree(root, tree)
    for old, new in FOLDERS.items():
        (tree / "lambda" / old).rename(tree / "lambda" / new)
    (tree / "lambda").rename(tree / "services")
    (tree / "cfn").rename(tree / "deploy")
    words = {**NAMES, **FOLDERS}
    pattern = re.compile("|".join(rf"(?<![\w-]){re.escape(word)}(?!\w)" for word in words))
    for path in tree.rglob("*"):
        if path.is_file():
            text = path.read_text().replace("lambda/", "services/")
            text = pattern.sub(lambda match: words[match[0]], text)
            path.write_text(
                text.replace("\n", "\r\n") if path.suffix == ".py" else text, newline=""
            )
    index = tree / "services/wave_runner/index.py"
    head, dispatch, tail = re.split(
        rb'(    if action == "begin":.*?Unknown action: \{action\}"\)\r\n)',
        index.read_bytes(),
        flags=re.S,
    )
    assert dispatch.count(b"elif") == 3
    index.write_bytes(head + DISPATCHER.replace("\n", "\r\n").encode() + tail)


DISPATCHER = """\
    steps = {
        "begin": begin_wave_plan,
        "refresh_progress": lambda given: refresh_progress(given),
        "store_task_token": store_task_token,
        "resume_wave": resume_wave,
    }
    if action not in steps:
        raise ValueError(f"Unknown action: {action}")
    return steps[action](event)
"""


def test_a_stranger_s_tree_needs_no_edit(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rearrange(root / "legacy", tmp_path / "waves")
    monkeypatch.chdir(tmp_path)
    assert main(["init", "--source", "waves"]) == 0
    assert "  next      drs-refactor migrate --diff\n" in capsys.readouterr().out
    assert main(["migrate"]) == 0
    assert "left behind" not in capsys.readouterr().out
    chosen = [
        f"--scenario={name}" for name in ("drill-three-waves", "tag-query-fails", "launch-conf*")
    ]
    assert main(["verify", *chosen]) == 0
    assert capsys.readouterr().out.count(" identical  ") >= 5
    lost = tmp_path / "waves-refactored/services/recovery_api/index.py"
    lost.write_bytes(lost.read_bytes().replace(b"isDrill=is_drill,", b"isDrill=False,"))
    assert main(["verify", *chosen]) == 1
