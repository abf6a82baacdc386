"""Workers: results in order, and what becomes of those that fail, die, hang or are interrupted."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from drs_refactor.errors import InputError
from harness.executor import Done, Lost, Workers


def square(number: int) -> tuple[int, int]:
    return number * number, hash("the same in every worker")


def work(what: str) -> str:
    if what == "refuse":
        raise InputError("no such thing", path="a.toml", line=3, mend="Add it")
    if what == "break":
        raise LookupError("no such number")
    if what == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "leave":
        os._exit(7)
    if what == "hang":
        time.sleep(60)
    return what.upper()


def done(tasks: list[str], patience: float = 60.0, count: int = 1) -> Done[str]:
    with Workers(work, count=count, patience=patience) as workers:
        return workers.run(tasks, lambda *_: None)


def test_results_come_in_the_order_of_the_tasks_and_as_they_are_done() -> None:
    told: list[tuple[int, object]] = []
    with Workers(square, count=2) as workers:
        results = workers.run([3, 1, 2], lambda index, result: told.append((index, result))).results
    assert [result[0] for result in results if isinstance(result, tuple)] == [9, 1, 4]
    assert sorted(told) == list(enumerate(results))
    assert len({result[1] for result in results if isinstance(result, tuple)}) == 1


def test_the_hash_seed_of_this_process_stays() -> None:
    before = os.environ.get("PYTHONHASHSEED")
    assert done(["a"]).results == ["A"]
    assert os.environ.get("PYTHONHASHSEED") == before


def test_bad_input_is_raised_whole() -> None:
    with pytest.raises(InputError) as caught:
        done(["a", "refuse"])
    assert str(caught.value) == "a.toml:3: no such thing. Add it"


def test_a_task_that_breaks_is_lost_alone() -> None:
    first, lost, last = done(["a", "break", "b"]).results
    assert (first, last) == ("A", "B")
    assert isinstance(lost, Lost)
    assert lost.why == "LookupError: no such number"
    assert "Traceback" in lost.details


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ("die", "its worker died (signal SIGKILL)"),
        ("leave", "its worker died (exit code 7)"),
        ("hang", "it gave no answer for 3 s and was ended"),
    ],
)
def test_a_worker_that_is_lost_costs_its_task_alone(what: str, why: str) -> None:
    found = done(["a", what, "b", "c"], patience=3.0)
    assert found.results == ["A", Lost(why), "B", "C"]
    assert not found.interrupted


_PROGRAM = """
import sys
sys.path[:0] = [{here!r}, {root!r}]
from test_executor import work
from harness.executor import Workers
if __name__ == "__main__":
    with Workers(work, count=2) as workers:
        print("started", flush=True)
        def told(index, result):
            print(result, flush=True)
        done = workers.run(["a", "b", "hang", "hang", "c"], told)
    print(done, flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_an_interruption_ends_in_a_second_with_what_is_done(
    tmp_path: Path, root: Path, number: signal.Signals
) -> None:
    program = tmp_path / "program.py"
    program.write_text(_PROGRAM.format(here=str(Path(__file__).parent), root=str(root)))
    child = subprocess.Popen(
        [sys.executable, str(program)], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "started\n"
    assert sorted(child.stdout.readline() for _ in range(2)) == ["A\n", "B\n"]
    time.sleep(0.3)  # both workers hang now
    began = time.monotonic()
    os.killpg(child.pid, number) if number == signal.SIGINT else child.send_signal(number)
    out, _ = child.communicate(timeout=10)
    assert time.monotonic() - began < 1.0
    assert out == "Done(results=['A', 'B', None, None, None], interrupted=True)\n"
    assert child.returncode == 0
