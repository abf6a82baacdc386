"""Files of odd bytes, and trees of odd files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from drs_refactor.errors import InputError
from tests.codemods.odd_tree import (
    CALLER,
    PLANNER_PATH,
    WORK,
    WORKER,
    WORKER_PATH,
    OddTree,
    same_as_before,
)

PLANNER = (
    "import json\n\nLIMIT = 3\n\n\n# What it does.\ndef work(x):\n    '''Doc\n    more.'''\n"
    f"    text = '''a\nb'''\n    return [json.dumps(text), x + LIMIT]\n{CALLER}"
)
CODING = "# -*- coding: utf-8 -*-\nS = 'é'\n"
BYTES = {
    "a byte order mark": ("\ufeff" + PLANNER, "\ufeff" + WORKER),
    "a mark above a handler without imports": (
        PLANNER,
        "\ufeff" + WORKER[WORKER.index("def") :].replace("json.dumps", "str"),
    ),
    "CRLF in the source": (PLANNER.replace("\n", "\r\n"), WORKER),
    "CRLF in the destination": (PLANNER, WORKER.replace("\n", "\r\n")),
    "line ends of both kinds in the source": (
        PLANNER.replace("x):\n", "x):\r\n").replace("a\nb", "a\r\nb"),
        WORKER,
    ),
    "line ends of both kinds, the first one CRLF": (
        PLANNER.replace("import json\n", "import json\r\n"),
        WORKER.replace("json\n", "json\r\n"),
    ),
    "no newline at the end": (PLANNER.rstrip(), WORKER.rstrip()),
    "the function last, and no newline": (CALLER.lstrip() + WORK.rstrip(), WORKER),
    "tabs in the destination": (PLANNER, WORKER.replace("    ", "\t")),
    "a declared encoding": (CODING + PLANNER, "#!/usr/bin/env python\n" + CODING + WORKER),
    "a declared encoding by an alias": ("# coding: U8\nS = 'é'\n" + PLANNER, WORKER),
    "form feeds on lines of their own": (
        "\x0c\n" + PLANNER.replace("# What", "\x0c\n# What\x0c"),
        WORKER.replace("\n\n\ndef", "\n\x0c\n\ndef"),
    ),
}


@pytest.mark.parametrize("shape", BYTES)
def test_files_with(shape: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    planner, worker = BYTES[shape]
    new = same_as_before(OddTree(tmp_path, planner, worker), monkeypatch)
    for path, old in ((PLANNER_PATH, planner), (WORKER_PATH, worker)):
        assert new[path].startswith("\ufeff") == old.startswith("\ufeff")
        crlf, lines = old.count("\r\n"), old.count("\n")
        if crlf in (0, lines):
            assert new[path].count("\r\n") == (new[path].count("\n") if crlf else 0)
        for line in set(WORK.splitlines()) & set(old.splitlines()):
            assert line in new[path] or path == PLANNER_PATH


COLUMNS = (79, 100, 120)


def _six_thousand_lines(of: str) -> str:
    comments = ["# ".ljust(width - 4, ".") for width in COLUMNS]
    functions = (
        f"def {of}{i}(a):\n    {comments[i % 3]}\n    return [a, {i}]\n" for i in range(1500)
    )
    return "\n".join(functions) + "\n"


@pytest.mark.parametrize("ends", [("\n", "\n"), ("\r\n", "\n"), ("\n", "\r\n")])
def test_executable_handlers_of_six_thousand_lines_of_any_width(
    ends: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uses = ", ".join(f"f{i}(x)" for i in range(6))
    planner = f"{_six_thousand_lines('f')}\ndef work(x):\n    return [{uses}]\n{CALLER}"
    worker = f"{_six_thousand_lines('g')}\n{WORKER.replace('json.dumps', 'g7')}"
    assert set(COLUMNS) <= {len(line) for line in worker.splitlines()}
    assert worker.count("\n") > 6000
    texts = [text.replace("\n", end) for text, end in zip((planner, worker), ends, strict=True)]
    tree = OddTree(tmp_path, *texts)
    for path in (PLANNER_PATH, WORKER_PATH):
        (tree.root / path).chmod(0o755)
    new = same_as_before(tree, monkeypatch)
    for path, end in zip((PLANNER_PATH, WORKER_PATH), ends, strict=True):
        assert (tree.output / path).stat().st_mode & 0o777 == 0o755
        assert new[path].count(end) == new[path].count("\n")
    kept = iter(new[WORKER_PATH].splitlines())
    assert all(line in kept for line in texts[1].splitlines())  # in order, byte for byte


UNREADABLE = {
    "Latin-1": (
        f"# coding: latin-1\nS = 'é'\n{WORK}".encode("latin-1"),
        ":1: this file is written",
    ),
    "UTF-16": (PLANNER.encode("utf-16"), ":1: cannot be decoded"),
    "no encoding at all": (WORK.encode() + b"S = '\xff'\n", ":3: cannot be decoded"),
    "a mark and another encoding": (b"\xef\xbb\xbf# coding: cp1252\n" + WORK.encode(), ":1: "),
    "an encoding that nobody knows": (b"# coding: nonsense\n" + WORK.encode(), ":1: cannot be"),
    "a NUL byte": (WORK.encode() + b"\0\n", ":3: syntax error: the file contains a NUL byte"),
    "a control character": (WORK.encode() + b"\x1a\n", ":3: syntax error: invalid"),
    "line ends of old Macs": (
        PLANNER.replace("\n", "\r").encode(),
        ":1: a line ends in a carriage",
    ),
    "a form feed within a body": (
        b"def work(x):\n    y = x\n\x0c    return y\n",
        ":3: a form feed stands before",
    ),
    "a form feed before code": (f"LIMIT = 1\n\x0c{WORK}".encode(), ":2: a form feed stands before"),
}


@pytest.mark.parametrize("key", [PLANNER_PATH, WORKER_PATH])
@pytest.mark.parametrize("shape", UNREADABLE)
def test_a_file_in(
    shape: str, key: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content, told = UNREADABLE[shape]
    tree = OddTree(tmp_path)
    (tree.root / key).write_bytes(content)
    assert f"{key}{told}" in tree.refusal(capsys)


def test_ascii_that_would_not_be_ascii_any_more(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = OddTree(tmp_path, f"# coding: ascii\n{WORK}{CALLER}").refusal(capsys)
    assert "the new file would not parse: cannot be decoded" in line
    assert line.endswith("Save the file as UTF-8")


def test_links_within_the_tree_stay_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = OddTree(tmp_path)
    (tree.root / "loop").symlink_to("loop")
    (tree.root / "fn/all").symlink_to("..")
    name = os.fsdecode(b"not-\xff-text")
    (tree.root / "odd").symlink_to(name)
    same_as_before(tree, monkeypatch)
    assert [os.readlink(tree.output / n) for n in ("loop", "fn/all", "odd")] == ["loop", "..", name]


def test_links_out_of_the_tree(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tree = OddTree(tmp_path)
    (tree.root / "fn/link").symlink_to("../../..")
    assert "fn/link: this link leads out of the tree" in tree.refusal(capsys)


@pytest.mark.parametrize("part", ["fn/planner", "fn/planner/index.py"])
def test_a_handler_behind_a_link(
    part: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tree = OddTree(tmp_path)
    (tree.root / part).rename(tree.root / "real")
    (tree.root / part).symlink_to(os.path.relpath(tree.root / "real", (tree.root / part).parent))
    assert f"{PLANNER_PATH}: this file is reached through a link" in tree.refusal(capsys)


def test_a_pipe_is_not_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tree = OddTree(tmp_path)
    os.mkfifo(tree.root / "pipe")
    assert "pipe: this is no file, folder or link" in tree.refusal(capsys)


@pytest.mark.parametrize("key", [WORKER_PATH, "notes.txt", "other/util.py"])
def test_a_file_that_may_not_be_read(
    key: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tree = OddTree(tmp_path)
    (tree.root / "other").mkdir()
    for path in ("notes.txt", "other/util.py"):
        (tree.root / path).write_text("import index\n")
    read_bytes = Path.read_bytes

    def guarded(self: Path) -> bytes:
        # Not by its mode: root may read anything.
        if self == tree.root / key:
            raise PermissionError(13, "Permission denied", str(self))
        return read_bytes(self)

    monkeypatch.setattr(Path, "read_bytes", guarded)
    assert f"{key}: cannot be read: Permission denied" in tree.refusal(capsys)


def test_a_folder_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = OddTree(tmp_path)
    scandir = os.scandir

    def guarded(path: object) -> object:
        if os.fspath(path).endswith("fn/worker"):  # type: ignore[call-overload]
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)  # type: ignore[call-overload]

    monkeypatch.setattr(os, "scandir", guarded)
    with pytest.raises(InputError, match="fn/worker: cannot be read: Permission denied"):
        tree.migrated()
    assert not tree.output.exists()
