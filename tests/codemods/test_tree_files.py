from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from codemods import tree_files
from codemods.tree_files import Link, first_difference, replace_tree, wanted_files
from drs_refactor.errors import InputError

TEXT: dict[str, Any] = {"capture_output": True, "text": True, "check": True}
FILES = {"a.py": b"one\ntwo\n", "sub/b.sh": b"run\n"}


def make(root: Path, files: dict[str, bytes]) -> Path:
    for relative, content in files.items():
        (root / relative).parent.mkdir(parents=True, exist_ok=True)
        (root / relative).write_bytes(content)
    return root


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return make(tmp_path / "old", {**FILES, "__pycache__/a.pyc": b"x", "sub/c.pyc": b"x"})


def content(root: Path) -> dict[str, bytes]:
    return wanted_files(root, {})


def test_a_tree_is_written_with_its_modes_and_links(source: Path, tmp_path: Path) -> None:
    (source / "sub/b.sh").chmod(0o755)
    (source / "link.py").symlink_to("sub/b.sh")
    (source / "folder").symlink_to("sub")
    wanted = wanted_files(source, {"a.py": "new\n"})
    assert wanted == {**FILES, "a.py": b"new\n", "link.py": b"sub/b.sh", "folder": b"sub"}
    assert isinstance(wanted["folder"], Link)
    output = tmp_path / "deep/er/new"
    replace_tree(source, output, wanted)
    assert first_difference(output, wanted) is None
    assert (output / "sub/b.sh").stat().st_mode & 0o777 == 0o755
    assert (output / "folder").is_symlink()
    assert [p.name for p in output.parent.iterdir()] == ["new"]


@pytest.mark.parametrize("target", ["../outside", "/etc/hosts", "sub/../../old/a.py"])
def test_links_out_of_the_tree_are_refused(source: Path, target: str) -> None:
    (source / "link").symlink_to(target)
    with pytest.raises(InputError, match="leads out of the tree") as caught:
        wanted_files(source, {})
    assert caught.value.path == source / "link"


@pytest.mark.parametrize(
    ("change", "line", "what"),
    [
        ({"a.py": b"one\nTWO\n"}, 2, "is 'TWO', a fresh run writes 'two'"),
        ({"a.py": b"one\n"}, 2, "lines are missing that a fresh run writes"),
        ({"a.py": b"one\ntwo\nthree\n"}, 3, "there are more lines than a fresh run writes"),
        ({"a.py": None}, None, "this file is missing"),
        ({"z.py": b""}, None, "a fresh run does not write this file"),
        (
            {"a.py": b"one\ntwo\n", "sub/b.sh": b"\n", "z": b""},
            1,
            "is '', a fresh run writes 'run'",
        ),
    ],
)
def test_the_first_difference(
    tmp_path: Path, change: dict[str, bytes | None], line: int | None, what: str
) -> None:
    root = make(tmp_path / "new", FILES)
    for relative, new in change.items():
        (root / relative).unlink(missing_ok=True)
        if new is not None:
            (root / relative).write_bytes(new)
    found = first_difference(root, FILES)
    assert found is not None
    assert (found.line, found.what) == (line, what)
    place = f"{found.path}:{line}" if line else found.path
    assert str(found) == f"{place}: {what}"


def test_a_folder_that_is_missing_and_a_link_that_is_a_file(tmp_path: Path) -> None:
    found = first_difference(tmp_path / "none", FILES)
    assert found is not None
    assert found.what == "there is no such folder"
    root = make(tmp_path / "new", FILES)
    found = first_difference(root, {**FILES, "a.py": Link(b"sub/b.sh")})
    assert found is not None
    assert "a link on one side" in found.what


def test_an_old_output_is_replaced_whole(source: Path, tmp_path: Path) -> None:
    output = make(tmp_path / "new", {"a.py": b"old", "gone.py": b"old"})
    replace_tree(source, output, FILES)
    assert content(output) == FILES


@pytest.mark.parametrize(
    ("place", "what"),
    [
        ("old", "would replace the source"),
        (".", "would replace the source"),
        ("old/sub/new", "would be part of the source"),
        ("file", "a file of this name"),
        ("link", "is a link"),
        ("mine", "holds something else"),
        ("repo", "repository of its own"),
    ],
)
def test_outputs_that_are_refused(source: Path, tmp_path: Path, place: str, what: str) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "link").symlink_to("mine")
    make(tmp_path / "mine", {"thesis.txt": b"mine"})
    make(tmp_path / "repo", {**FILES, ".git/HEAD": b"mine"})
    before = sorted(str(p) for p in tmp_path.rglob("*"))
    with pytest.raises(InputError, match=what) as caught:
        replace_tree(source, tmp_path / place, FILES)
    assert caught.value.mend
    assert sorted(str(p) for p in tmp_path.rglob("*")) == before


def test_an_output_that_cannot_be_written(source: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InputError, match="cannot be written: ") as caught:
        replace_tree(source, tmp_path / "file/new", FILES)
    assert "\n" not in str(caught.value)


class Kill(BaseException):
    """Like a signal: no OSError."""


@pytest.mark.parametrize("error", [Kill(), OSError(30, "Read-only file system")])
@pytest.mark.parametrize("renames", [0, 1])
def test_an_interrupt_leaves_the_old_tree(
    source: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
    renames: int,
) -> None:
    output = make(tmp_path / "new", {"a.py": b"old"})
    rename, done = Path.rename, []

    def interrupted(self: Path, target: Path) -> Path:
        if len(done) == renames:
            done.append(self)
            raise error
        done.append(self)
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises((Kill, InputError)):
        replace_tree(source, output, FILES)
    assert content(output) == {"a.py": b"old"}
    assert sorted(p.name for p in tmp_path.iterdir()) == ["new", "old"]


def test_a_disk_that_is_full_leaves_the_old_tree(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = make(tmp_path / "new", {"a.py": b"old"})

    def full(self: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(InputError, match="No space left"):
        replace_tree(source, output, FILES)
    monkeypatch.undo()
    assert content(output) == {"a.py": b"old"}
    assert sorted(p.name for p in tmp_path.iterdir()) == ["new", "old"]


def test_what_was_killed_between_the_renames_is_put_back(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path / ".new-abc/old", {"a.py": b"old"})
    make(tmp_path / ".new-abc/new", {"a.py": b"half"})
    monkeypatch.setattr(tree_files, "_write", lambda *_: os.write(-1, b""))
    with pytest.raises(InputError, match="Bad file descriptor"):
        replace_tree(source, tmp_path / "new", FILES)
    assert content(tmp_path / "new") == {"a.py": b"old"}
    assert not (tmp_path / ".new-abc").exists()


def test_what_runs_that_are_no_more_have_left_is_swept(source: Path, tmp_path: Path) -> None:
    ended = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], **TEXT)
    kept = [f".new-{os.getpid()}-abc", ".new-notes-abc", ".newer-1-abc"]
    gone = ended.stdout.strip()
    for name in (f".new-{gone}-abc", *kept):
        make(tmp_path / name / "new", {"a.py": b"half"})
    kept.append(f".new-{gone}-backup")
    make(tmp_path / kept[-1], {"mine.txt": b"mine"})
    replace_tree(source, tmp_path / "new", FILES)
    assert content(tmp_path / "new") == FILES
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([*kept, "new", "old"])


COPY = (
    "import sys; from pathlib import Path; from codemods import tree_files\n"
    "a, b = map(Path, sys.argv[1:]); w = tree_files.wanted_files(a, {})\n"
    "print('go', flush=True); tree_files.replace_tree(a, b, w)"
)


@pytest.mark.slow
def test_a_run_that_is_killed_leaves_the_old_tree_or_the_new_one(tmp_path: Path) -> None:
    new = {f"fn/f{i}.py": b"new" * 100 for i in range(300)}
    source = make(tmp_path / "legacy", new)
    output, old = tmp_path / "out", {**new, "fn/f0.py": b"old"}
    command = [sys.executable, "-c", COPY, str(source), str(output)]
    for step in range(8):
        shutil.rmtree(output, ignore_errors=True)
        make(output, old)
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(step * 0.01)
            process.kill()
        assert not output.exists() or content(output) in (old, new)
        assert subprocess.run(command, **TEXT).returncode == 0
        assert content(output) == new
        assert sorted(p.name for p in tmp_path.iterdir()) == ["legacy", "out"]
