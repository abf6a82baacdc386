from __future__ import annotations

from dataclasses import replace

from drs_refactor.migration import load
from drs_refactor.signoff.about_move import changed, moved
from drs_refactor.signoff.evidence import Evidence, signed
from drs_refactor.signoff.page import Code, Fold, Items, Paragraph, Table, Text
from tests.drs_refactor.signoff.support import made, plain


def paragraphs(evidence: Evidence) -> list[str]:
    blocks = (*moved(evidence).blocks, *changed(evidence).blocks)
    return [plain(one.words) for one in blocks if isinstance(one, Paragraph)]


def diffs(evidence: Evidence) -> dict[str, tuple[str, ...]]:
    found = {}
    for fold in changed(evidence).blocks:
        if isinstance(fold, Fold):
            [text] = fold.blocks
            assert isinstance(text, Text)
            assert text.diff
            found[plain(fold.title)] = text.lines
    return found


def test_each_function_from_where_to_where(evidence: Evidence, crowded: Evidence) -> None:
    [table] = [one for one in moved(evidence).blocks if isinstance(one, Table)]
    assert table.rows == (
        (Code("start"), Code("planner.py"), Code("worker.py"), Code("start"), "2", "verbatim"),
    )
    [table] = [one for one in moved(crowded).blocks if isinstance(one, Table)]
    assert [(row[0], row[3], row[5]) for row in table.rows] == [
        (Code("start → begin"), Code("start"), "CHANGED"),
        (Code("helper"), Code(""), "verbatim, a copy"),
    ]


def test_what_is_right_is_said(evidence: Evidence) -> None:
    assert paragraphs(evidence) == [
        "No name clashed in a destination.",
        "No call of the moved services is left where the functions came from.",
    ]
    assert moved(evidence).verdict == "identical"


def test_what_a_person_must_read_is_shown(crowded: Evidence) -> None:
    assert moved(crowded).verdict == "divergent"
    told = paragraphs(crowded)
    assert told[0].startswith("The refactored tree is NOT what a fresh run writes, first at worker")
    for line in (
        "Clashes of names, each settled by an alias for the older one:",
        "A person must look at:",
        "Calls of the moved services that are left:",
        "In the templates:",
        "Taken out of planner: boto3, json.",
        "Comments and texts that speak of what moved:",
    ):
        assert line in told
    blocks = (*moved(crowded).blocks, *changed(crowded).blocks)
    items = [plain(item) for one in blocks if isinstance(one, Items) for item in one.items]
    assert items == [
        "worker.py:1: log is two things",
        "begin in worker.py is not the text that planner.py had",
        "begin in worker.py: json means worker.py:1, and meant planner.py:1",
        "planner.py:3: CACHE is changed by start, and other on the other side of the move has its "
        "own now",
        "planner.py:1: a client of batch",
        "main.yaml:7: PlannerFunction may invoke WorkerFunction",
        "planner.py:2: speaks of start",
    ]


def test_a_function_that_moved_verbatim_is_one_line_of_the_diff(evidence: Evidence) -> None:
    found = diffs(evidence)
    assert list(found) == ["planner.py: 7 lines", "worker.py: 3 lines"]
    assert "-… def start: 2 lines, verbatim to worker.py …" in found["planner.py: 7 lines"]
    assert found["worker.py: 3 lines"] == (
        "--- legacy/worker.py",
        "+++ refactored/worker.py",
        "@@ -1,2 +1,5 @@",
        " def lambda_handler(event, _):",
        "     return 2",
        "+",
        "+",
        "+… def start: 2 lines, verbatim from planner.py …",
    )


def test_of_a_tree_that_differs_the_whole_diff_is_shown(crowded: Evidence) -> None:
    [lines] = [lines for title, lines in diffs(crowded).items() if title.startswith("worker")]
    assert lines[-2:] == ("+def start(event):", "+    return 1")
    assert not [line for lines in diffs(crowded).values() for line in lines if "verbatim" in line]


def test_files_that_are_new_gone_or_no_text(evidence: Evidence) -> None:
    trees = evidence.trees
    (trees.legacy / "gone.txt").write_text("a\n")
    (trees.refactored / "new.txt").write_text("b\n")
    (trees.refactored / "data.bin").write_bytes(b"\xff\x00\n")
    (trees.legacy / "same.txt").write_text("c\n")
    (trees.refactored / "same.txt").write_text("c\n")
    (trees.refactored / "worker.py").write_text("def start(:\n")
    found = diffs(replace(evidence, signed=signed(load(trees.config), trees)))
    titles = ["data.bin: 1 lines", "gone.txt: 1 lines", "new.txt: 1 lines"]
    assert [title for title in found if not title.endswith("lines") or ".py" not in title] == titles
    assert found["gone.txt: 1 lines"][-1] == "-a"
    assert found["new.txt: 1 lines"][-1] == "+b"
    assert found["data.bin: 1 lines"][-1] == "+\ufffd\x00"
    assert any("+def start(:" in lines for lines in found.values())


def test_trees_that_are_the_same_have_no_diff(evidence: Evidence) -> None:
    same = replace(evidence.signed, refactored=evidence.signed.legacy)
    assert diffs(replace(evidence, signed=same)) == {}
    assert made(evidence.trees.config.parent).signed == evidence.signed
