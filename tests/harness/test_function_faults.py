from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.aws.faults import Fault
from harness.faults.judge import compared
from harness.function_faults import RAISED
from harness.mutants.model import Edit, Mutant
from harness.mutants.mutated import with_mutant
from harness.recording import Recording
from harness.results import Trees
from harness.run import run
from harness.scenario import Scenario
from harness.scenario_files import select, shipped
from harness.sides import Sides
from harness.tree import Tree
from tests.equivalence.breaking import Breakage, broken_tree

DRILL, THREE = (select(shipped(), [name])[0] for name in ("drill-one-wave", "drill-three-waves"))
HANDLER = "lambda/execution-handler/index.py"
STUBS = "lambda/orchestration-stepfunctions/index.py"


def raising(action: str, error: str, number: int = 1) -> tuple[Fault]:
    return (Fault("lambda.Invoke", "raises", number, action=action, error=error),)


def both(sides: Sides, scenario: Scenario, faults: tuple[Fault]) -> tuple[Recording, Recording]:
    struck = replace(scenario, faults=faults)
    return run(sides.legacy, struck), run(sides.refactored, struck)


@pytest.mark.parametrize("error", RAISED)
def test_what_is_raised_is_raised_alike(sides: Sides, error: str) -> None:
    faults = raising("start_wave_recovery", error)
    legacy, refactored = both(sides, DRILL, faults)
    raised = legacy.steps[0].error
    assert raised is not None
    assert raised.type in (error.split()[0], "WaveError")
    assert compared(legacy, refactored, sides.rules, faults).divergences == ()


def test_from_the_nth_call_on(sides: Sides) -> None:
    faults = raising("start_wave_recovery", "KeyError", 2)
    legacy, refactored = both(sides, THREE, faults)
    for recording in (legacy, refactored):
        assert sum(call.name == "drs.StartRecovery" for call in recording.calls) == 1
        assert recording.steps[-1].result["error"] == "'no such key'"
    assert compared(legacy, refactored, sides.rules, faults).divergences == ()


def test_what_a_mutant_changed_is_struck_too(sides: Sides, trees: Trees) -> None:
    """The function raises in the text that runs, not in the one that stands in the file."""
    text = (sides.refactored.root / HANDLER).read_text()
    place = text.index("def start_wave_recovery(")
    wrong = Edit(HANDLER, place, place, "raise RuntimeError('not importable')\n\n\n")
    mutant = Mutant("move", "x", HANDLER, "", (1,), (1, 2), "", "", (wrong,))
    faults = raising("start_wave_recovery", "KeyError")
    with with_mutant(trees, sides, mutant) as mutated:
        legacy, refactored = both(mutated, DRILL, faults)
    assert compared(legacy, refactored, sides.rules, faults).divergences


@pytest.mark.parametrize(
    ("error", "old", "new"),
    [
        ("KeyError", "base not in (KeyError, *_NEEDS", "base not in (None, *_NEEDS"),
        ("a class of its own", "return type(name, (base,), said)()", "return base(message)"),
        ("RuntimeError without a word", 'get("errorMessage") or ""', 'get("errorMessage") or "?"'),
        ("ConflictException", "return type(name, (ClientError,), {})(", "return ClientError("),
        ("ClientError after retries", "int(retries)}", "0}"),
        ("ClientError", "message, re.DOTALL)", "message[1:], re.DOTALL)\n    told[9]"),
        ("UnicodeDecodeError", "(KeyError, *_NEEDS_MORE_ARGUMENTS)", "(KeyError,)"),
        ("ExceptionGroup", ' or name == "ExceptionGroup"', ""),
    ],
)
def test_what_is_raised_otherwise_is_found(
    sides: Sides, root: Path, tmp_path: Path, error: str, old: str, new: str
) -> None:
    wrong = Breakage("drill-one-wave", "x", STUBS, ((old, new),))
    broken: Tree = broken_tree(root, tmp_path / "broken", [wrong])
    faults = raising("start_wave_recovery", error)
    legacy, refactored = both(replace(sides, refactored=broken), DRILL, faults)
    assert compared(legacy, refactored, sides.rules, faults).divergences
