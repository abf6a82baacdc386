"""Refactored trees that no shipped scenario need show to be wrong: fuzzing finds each within few
cases, and shrinks what it found to a few lines.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from harness.fuzzing.compact import as_file
from harness.fuzzing.results import Batch, Called, Ran
from harness.fuzzing.shrinking import shrink
from harness.fuzzing.work import run_batch
from harness.one_scenario import sides_of
from harness.results import Trees
from tests.equivalence.breaking import Breakage, broken_tree

pytestmark = pytest.mark.equivalence

TRIES = 70
"""Fewer than a campaign's, for the time of the suite."""

CASES = 60
"""Cases of one seed within which each is found."""

CALLED: tuple[Called, ...] = (
    ("dynamodb.UpdateItem", "123456789012", "us-east-1"),
    ("dynamodb.GetItem", "123456789012", "us-east-1"),
    ("drs.DescribeJobs", "123456789012", "us-east-1"),
    ("drs.StartRecovery", "123456789012", "us-east-1"),
)


@dataclass(frozen=True)
class Wrong:
    """What is wrong, and in how many lines it is shown at most; `needs` stands in them. `seed` is
    one that finds it soon, for the time of the suite: most do within CASES.
    """

    breakage: Breakage
    lines: int
    needs: tuple[str, ...] = ()
    seed: int = 1


def wrong(
    what: str, file: str, old: str, new: str, lines: int, *needs: str, seed: int = 1
) -> Wrong:
    return Wrong(Breakage("", what, f"lambda/{file}", ((old, new),)), lines, needs, seed)


def cached(
    what: str, file: str, old: str, new: str, lines: int, *needs: str, seed: int = 1
) -> Wrong:
    """One with a dictionary _KNOWN in the module, which lives as long as the container."""
    edits = ((old, new), ("\nlogger =", "\n_KNOWN = {}\nlogger ="))
    return Wrong(Breakage("", what, f"lambda/{file}", edits), lines, needs, seed)


WRONG = [
    cached(
        "roles are kept by their name, whatever the account",
        "shared/cross_account.py",
        'role_arn = f"arn:aws:iam::{account_id}:role/{role_name}"',
        "role_arn = _KNOWN.setdefault(\n"
        '        role_name, f"arn:aws:iam::{account_id}:role/{role_name}"\n    )',
        40,
        "210987654321",
        "345678901234",
        seed=0,
    ),
    wrong(
        "an execution that does not say so is no drill",
        "orchestration-stepfunctions/index.py",
        'event.get("isDrill", True)',
        'event.get("isDrill", False)',
        16,
    ),
    wrong(
        "a record that cannot be written fails the wave",
        "execution-handler/index.py",
        "            # The job runs: a record that lags behind must not stop the wave\n",
        "            raise\n",
        25,
        seed=2,
    ),
    wrong(
        "a launch setting that is false is left as it is",
        "execution-handler/index.py",
        "if setting in effective_config:",
        "if effective_config.get(setting):",
        25,
    ),
]


def found(trees: Trees, seed: int) -> Ran | None:
    """The first case that differs."""
    for number in range(CASES):
        for one in run_batch(Batch(trees, seed, (number,), CALLED)).ran:
            assert not one.problem
            if one.key is not None:
                return one
    return None


@pytest.mark.parametrize("one", WRONG, ids=lambda one: one.breakage.wrong)
def test_what_fuzzing_finds(one: Wrong, trees: Trees, root: Path, tmp_path: Path) -> None:
    text = (root / "refactored" / one.breakage.file).read_text(encoding="utf-8")
    assert all(text.count(old) == 1 for old, _ in one.breakage.edits)
    broken_tree(root, tmp_path / "broken", [one.breakage])
    broken = replace(trees, refactored=tmp_path / "broken")
    case = found(broken, one.seed)
    assert case is not None
    assert case.key is not None
    small, _ = shrink(sides_of(broken), case.scenario, case.key, TRIES)
    lines = as_file(small, "Shrunk.").splitlines()
    assert len(lines) <= one.lines, "\n".join(lines)
    assert all(any(needed in line for line in lines) for needed in one.needs), "\n".join(lines)
    # The tree as it is does not differ there.
    assert run_batch(Batch(trees, 0, (1,), (), (small,))).ran[0].key is None
