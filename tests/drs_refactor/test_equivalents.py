from __future__ import annotations

from pathlib import Path

import pytest

from drs_refactor.equivalents import equivalents, reasons_of
from drs_refactor.errors import InputError

GOOD = """
[[equivalent]]
reason = "no moved function
  deletes a key"
""".replace('"no moved function\n  deletes a key"', '"""no moved function\n  deletes a key"""')


def of(tmp_path: Path, text: str) -> dict[str, str]:
    path = tmp_path / "equivalent-mutants.toml"
    path.write_text(text)
    return equivalents(path)


def test_reasons_by_key(tmp_path: Path) -> None:
    text = GOOD + 'mutants = ["089ae8e736cf stub: state.clear()", "0123456789ab"]\n'
    reason = "no moved function deletes a key"
    assert of(tmp_path, text) == {"089ae8e736cf": reason, "0123456789ab": reason}


def test_no_file_no_reasons(tmp_path: Path) -> None:
    assert reasons_of(tmp_path / "none.toml") == {}


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("[[equivalent]\n", 1, "not valid TOML"),
        ("equal = 1\n", 1, "unknown key 'equal'"),
        ('[[equivalent]]\nreason = "so"\nmutants = []\n', 2, "says nothing"),
        (GOOD + 'mutants = ["xyz"]\n', 5, "'xyz' is no mutant's key"),
        (GOOD + 'mutants = ["0123456789ab", "0123456789ab"]\n', 5, "stands twice"),
        (GOOD + "mutant = []\n", 5, "unknown key 'mutant'"),
    ],
)
def test_mistakes_are_told_with_their_line(
    tmp_path: Path, text: str, line: int, message: str
) -> None:
    with pytest.raises(InputError, match=message) as raised:
        of(tmp_path, text)
    assert f"equivalent-mutants.toml:{line}" in str(raised.value)


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        equivalents(tmp_path / "none.toml")
