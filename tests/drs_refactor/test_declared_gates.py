from __future__ import annotations

from pathlib import Path

import pytest

from drs_refactor.declared_gates import WAITS, gates
from drs_refactor.errors import InputError
from drs_refactor.migration import load
from drs_refactor.model import BUDGET, Gates
from drs_refactor.toml_keys import read
from harness.bench import gates as measured


def of(tmp_path: Path, text: str) -> Gates:
    path = tmp_path / "migration.toml"
    path.write_text(text, encoding="utf-8")
    return gates(read(path, "migration.toml", "").table_of("gates", "[gates]", {}))


@pytest.mark.parametrize("text", ["", "[gates]\n"])
def test_what_is_not_given_is_as_in_the_approved_plan(tmp_path: Path, text: str) -> None:
    found = of(tmp_path, text)
    assert found == Gates()
    assert (found.execution, found.compute_floor) == (0.05, 0.001)
    assert found.begin_to_recovery == {0.5: None, 0.95: 1.0}
    assert found.launched_to_next_recovery == {0.5: None, 0.95: 1.0}


def test_limits_of_one_s_own(tmp_path: Path) -> None:
    text = """
[gates]
execution = 0.1
compute_floor = 0
begin_to_recovery = { p50 = 0.5, p95 = 2 }

[gates.launched_to_next_recovery]
p50 = 3
"""
    found = of(tmp_path, text)
    assert (found.execution, found.compute_floor) == (0.1, 0.0)
    assert found.begin_to_recovery == {0.5: 0.5, 0.95: 2.0}
    assert found.launched_to_next_recovery == {0.5: 3.0, 0.95: None}


def test_one_wait_does_not_change_the_other(tmp_path: Path) -> None:
    found = of(tmp_path, "[gates]\nbegin_to_recovery = { p95 = 9 }\n")
    assert found.launched_to_next_recovery == BUDGET
    assert BUDGET[0.95] == 1.0


@pytest.mark.parametrize("name", WAITS)
def test_limits_are_found_by_the_name_of_the_wait(tmp_path: Path, name: str) -> None:
    found = of(tmp_path, f"[gates]\n{name} = {{ p95 = 7 }}\n")
    assert found.of(name) == {0.5: None, 0.95: 7.0}


def test_what_is_declared_is_what_is_measured() -> None:
    assert set(WAITS) == set(measured.WAITS)


SHARE = "'execution' is a share: "
MISTAKES = [
    # the text, the line that is named, what is said, how to mend it (where that is not plain)
    ("[gates]\nspeed = 1\n", 2, "unknown key 'speed' in [gates]", "Known keys: begin_to_recovery,"),
    ("[gates]\nexecution = 5\n", 2, f"{SHARE}5", "Write 0.05 for ±5 %"),
    ("[gates]\nexecution = 1\n", 2, f"{SHARE}1", "Write 0.05 for ±5 %"),
    ("[gates]\nexecution = 0\n", 2, f"{SHARE}0", "Write 0.05 for ±5 %"),
    ("[gates]\nexecution = -0.05\n", 2, "'execution' must not be negative: -0.05", ""),
    ('[gates]\nexecution = "5 %"\n', 2, "'execution' must be a number", ""),
    ("[gates]\nexecution = true\n", 2, "'execution' must be a number", ""),
    ("[gates]\nexecution = nan\n", 2, "'execution' must be a number", ""),
    ("[gates]\n\ncompute_floor = inf\n", 3, "'compute_floor' must be a number", ""),
    ("[gates]\n\ncompute_floor = -1\n", 3, "'compute_floor' must not be negative: -1", ""),
    ("[gates]\nbegin_to_recovery = 1\n", 2, "'begin_to_recovery' must be a table", ""),
    ("[gates]\nbegin_to_recovery = {}\n", 2, "has no limit", "Write { p95 = 1.0 }, in seconds"),
    (
        "[gates]\nbegin_to_recovery = { p99 = 1 }\n",
        2,
        "unknown key 'p99' in 'begin_to_recovery' of [gates]",
        "Known keys: p50, p95",
    ),
    (
        "[gates.launched_to_next_recovery]\np50 = 1\np95 = -1\n",
        3,
        "'p95' must not be negative: -1",
        "",
    ),
    ("[gates.begin_to_recovery]\np95 = '1 s'\n", 2, "'p95' must be a number", ""),
    ("gates = 1\n", 1, "'gates' must be a table", ""),
]


@pytest.mark.parametrize(("text", "line", "what", "mend"), MISTAKES)
def test_mistakes_are_told_with_their_line(
    tmp_path: Path, text: str, line: int, what: str, mend: str
) -> None:
    with pytest.raises(InputError) as caught:
        of(tmp_path, text)
    assert caught.value.place == f"{tmp_path / 'migration.toml'}:{line}"
    assert what in caught.value.what
    assert mend in caught.value.mend
    assert "\n" not in str(caught.value)


def test_migration_toml_has_them(tmp_path: Path) -> None:
    text = """
[functions.a]
path = "a.py"
resource = "A"
[functions.b]
path = "b.py"
resource = "B"
[[moves]]
function = "f"
from = "a"
to = "b"
[gates]
execution = 0.02
"""
    path = tmp_path / "migration.toml"
    path.write_text(text, encoding="utf-8")
    assert load(path).gates == Gates(execution=0.02)
