"""An allowance excuses what it is declared for, once declared, and nothing more."""

from __future__ import annotations

from pathlib import Path

import pytest

from drs_refactor.errors import InputError
from drs_refactor.migration import load
from drs_refactor.model import Allowance as Model
from harness.allowances import Allowance, Declared, excuse, total
from harness.comparison import Divergence

DIVERGENCE = Divergence("logs", 3, "logs poll_wave_status", "INFO old", "INFO new")


def declared(**changes: object) -> Declared:
    given: dict[str, object] = {
        "name": "wording",
        "reason": "a line was reworded",
        "kind": "logs",
        "path": "logs poll_*",
        "scenarios": ("pause-*",),
        "at_most": 2,
        "line": 1,
    }
    return Declared(Model(**{**given, **changes}))  # type: ignore[arg-type]


def test_what_is_in_scope_is_excused_and_counted() -> None:
    kept, hits = excuse("pause-and-resume", [DIVERGENCE, DIVERGENCE], [declared()])
    assert kept == []
    assert hits == [Allowance("wording", "a line was reworded", 2, 2)]
    assert not hits[0].too_broad


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "state"},
        {"path": "logs start_*"},
        {"path": "logs poll_wave_status[0]"},
        {"scenarios": ("drill-*",)},
        {"legacy": "INFO other"},
        {"refactored": "ERROR"},
    ],
    ids=str,
)
def test_what_is_out_of_scope_is_not(changes: dict[str, object]) -> None:
    kept, hits = excuse("pause-and-resume", [DIVERGENCE], [declared(**changes)])
    assert kept == [DIVERGENCE]
    assert hits[0].hits == 0


def test_brackets_of_a_path_are_brackets() -> None:
    found = Divergence("state", 1, "result.waves[0].note", 1, 2)
    one = declared(kind="state", path="result.waves[[]0].note")
    other = declared(kind="state", path="result.waves[0].note")
    assert excuse("pause-x", [found], [other])[0] == []
    assert excuse("pause-x", [found], [one])[0] == [found]


def test_more_hits_than_declared_are_too_broad() -> None:
    hits = [
        allowance
        for _ in range(3)
        for allowance in excuse("pause-x", [DIVERGENCE], [declared()])[1]
    ]
    [together] = total(hits)
    assert (together.hits, together.too_broad) == (3, True)


GOOD = """
name = "wording"
reason = "a line was reworded"
kind = "logs"
path = "logs poll_wave_status"
scenarios = ["pause-*"]
at_most = 3
"""


def with_allowance(root: Path, folder: Path, text: str) -> Path:
    config = (root / "migration.toml").read_text(encoding="utf-8")
    path = folder / "migration.toml"
    path.write_text(f"{config}\n[[allowances]]{text}", encoding="utf-8")
    return path


def test_allowances_are_read(root: Path, tmp_path: Path) -> None:
    [found] = load(with_allowance(root, tmp_path, GOOD)).allowances
    assert (found.name, found.kind, found.scenarios, found.at_most) == (
        "wording",
        "logs",
        ("pause-*",),
        3,
    )


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('path = "logs poll_wave_status"', 'path = "*"', "hides every difference of kind"),
        ('kind = "logs"', 'kind = "log"', "there is no kind 'log'"),
        ('kind = "logs"', 'kind = "permission"', "cannot be allowed"),
        ('scenarios = ["pause-*"]', "", "names no scenario"),
        ("at_most = 3", "at_most = 0", "must be 1 or more"),
        ("at_most = 3", "", "has no 'at_most'"),
        ('reason = "a line was reworded"', 'reason = " "', "'reason' is empty"),
        ("at_most = 3", 'at_most = 3\nlegacy = "("', "no regular expression"),
        ("at_most = 3", "at_most = 3\nmore = 1", "unknown key 'more'"),
    ],
)
def test_what_is_wrong_with_one_is_told(
    root: Path, tmp_path: Path, old: str, new: str, what: str
) -> None:
    assert old in GOOD
    path = with_allowance(root, tmp_path, GOOD.replace(old, new))
    with pytest.raises(InputError) as caught:
        load(path)
    assert what in caught.value.what
    assert caught.value.line is not None
    assert caught.value.line > 60
