"""The page for sceptics: each edit finds its place, and what is printed is what the page says."""

from __future__ import annotations

import re
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from drs_refactor.__main__ import main

pytestmark = [pytest.mark.equivalence, pytest.mark.usefixtures("in_process", "checkout")]

PAGE = (Path(__file__).parents[2] / "reports" / "sceptics.md").read_text(encoding="utf-8")
LINE = re.compile(r"(?<=\.py:)\d+")
SECONDS = re.compile(r"in \d+\.\d s$")


@dataclass(frozen=True)
class Edit:
    """One section: texts and what stands in their place, the options of verify, what it prints."""

    title: str
    path: str
    changes: tuple[tuple[str, str], ...]
    options: tuple[str, ...]
    printed: tuple[str, ...]


def read(section: str) -> Edit:
    found = re.search(r"^`copy/(.+)`$", section, re.MULTILINE)
    assert found is not None
    blocks = re.findall(r"```diff\n(.*?)```", section, re.DOTALL)
    command, _, printed = section.partition("    $ drs-refactor ")[2].partition("\n")
    return Edit(
        section.partition("\n")[0],
        found[1],
        tuple((side(block, " -"), side(block, " +")) for block in blocks),
        tuple(shlex.split(command)),
        tuple(line.removeprefix("    ") for line in printed.strip("\n").splitlines()),
    )


def side(block: str, marks: str) -> str:
    return "".join(line[1:] for line in block.splitlines(keepends=True) if line[0] in marks)


EDITS = [read(section) for section in re.split(r"^## \d+\. ", PAGE, flags=re.MULTILINE)[1:]]


def test_there_are_ten_and_one_that_changes_nothing() -> None:
    verdicts = [edit.printed[-1].partition(":")[0] for edit in EDITS]
    assert verdicts == ["divergent"] * 10 + ["identical"]
    assert len({edit.changes for edit in EDITS}) == len(EDITS)


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.title)
def test_what_is_printed(edit: Edit, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(root / "refactored", "copy")
    file = Path("copy") / edit.path
    text = file.read_text(encoding="utf-8")
    for old, new in edit.changes:
        old, new = (old, new) if text.count(old) else (old.rstrip("\n"), new.rstrip("\n"))
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")
    assert main(list(edit.options)) == (0 if edit.printed[-1].startswith("identical") else 1)
    out = iter(
        LINE.sub("0", SECONDS.sub("in … s", line)) for line in capsys.readouterr().out.splitlines()
    )
    for wanted in (LINE.sub("0", line) for line in edit.printed if line != "…"):
        cut = wanted.removesuffix("…")
        assert any(line.startswith(cut) if cut != wanted else line == wanted for line in out), (
            wanted
        )
