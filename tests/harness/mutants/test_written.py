from __future__ import annotations

from pathlib import Path

import pytest

from drs_refactor.errors import InputError
from harness.mutants.written import written


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "index.py").write_text("a = 1\nb = 2\nb2 = 2\n")
    return tmp_path / "tree"


def of(tree: Path, text: str) -> list[object]:
    path = tree.parent / "mutants.yaml"
    path.write_text(text)
    return list(written(path, tree))


def test_a_mutant(tree: Path) -> None:
    path = tree.parent / "mutants.yaml"
    path.write_text('- {wrong: b is three, file: index.py, old: "b = 2", new: "b = 3"}\n')
    (found,) = written(path, tree)
    assert (found.family, found.operator, found.lines) == ("written", "b is three", (2,))
    assert found.applied({"index.py": "a = 1\nb = 2\nb2 = 2\n"}) == {
        "index.py": "a = 1\nb = 3\nb2 = 2\n"
    }


def test_several_edits(tree: Path) -> None:
    edits = '[{old: "a = 1", new: "a = 2"}, {old: "b2 = 2", new: "b2 = 3"}]'
    path = tree.parent / "mutants.yaml"
    path.write_text(f"- {{wrong: more, file: index.py, edits: {edits}}}\n")
    (found,) = written(path, tree)
    assert found.lines == (1, 3)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- [", "not valid YAML"),
        ("wrong: x", "no list of mutants"),
        ("- {wrong: x, file: index.py, olds: a}", "mutant 1: it needs"),
        ("- {wrong: x, file: other.py, old: a, new: b}", "no file 'other.py'"),
        ("- {wrong: x, file: ../mutants.yaml, old: a, new: b}", "no file"),
        ('- {wrong: x, file: index.py, old: " = 2", new: b}', "' = 2' stands 2 times"),
        ("- {wrong: x, file: index.py, new: b}", "stands 0 times"),
    ],
)
def test_what_is_none(tree: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        of(tree, text)
