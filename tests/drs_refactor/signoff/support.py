"""The evidence of a sign-off, made by hand: two trees of two files, and no run of either."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from codemods.migrate import Migrated
from codemods.plan import Plan
from codemods.proofs.bindings import Bound
from codemods.proofs.proof import Moved
from codemods.proofs.recheck import Proved, Recheck
from codemods.proofs.split_state import SplitState
from codemods.resolve import Resolution
from codemods.tree_files import Difference
from drs_refactor.migration import load
from drs_refactor.signoff.decision import decide
from drs_refactor.signoff.evidence import Evidence, Replays, signed
from drs_refactor.signoff.page import (
    Block,
    Fold,
    Items,
    Page,
    Paragraph,
    SideBySide,
    Table,
    Text,
    Words,
    inlines,
)
from drs_refactor.signoff.reports import reports, write_all
from drs_refactor.signoff.stored_mutants import identity
from harness.allowances import Allowance
from harness.aws.faults import Fault
from harness.bench.draws import Pair
from harness.bench.pace import Charge
from harness.bench.results import Bench
from harness.blame import Suspect
from harness.comparison import Divergence
from harness.compute.results import EXECUTION, Paired
from harness.faults import results as faults
from harness.fuzzing import results as fuzz
from harness.races.results import New, Raced
from harness.reached import Reached
from harness.reports.mutants import as_json as mutants_json
from harness.results import Finding, ScenarioResult, Trees, Verification
from harness.rollout.changes import MACHINE, TABLE, Change
from harness.rollout.flights import CONTROL
from harness.rollout.flown import Flown, FlownStep, Item
from harness.rollout.movers import Mover, Package
from harness.rollout.results import Ahead, Course, Flight, Rollout, Stacks, StackWay, Stage, Trial
from harness.rollout.results import Way as RolloutWay
from harness.scenario import Invocation, Scenario
from harness.values import MISSING
from tests.harness.bench.support import BENCH, COMPUTE, LEVEL, MEASURED
from tests.harness.reports.test_mutants import EQUAL, FOUND, LIVES, TEXTS, judged
from tests.harness.reports.test_rollout import LOST, rollout

WithNames = Callable[[str], Evidence]
"""Evidence with these words in every name and value."""

TOOL = "7" * 64
"""The tool's digest in these tests: its files change while they are written."""

CONFIG = """\
services_gone = ["batch"]

[functions.planner]
path = "planner.py"
resource = "PlannerFunction"

[functions.worker]
path = "worker.py"
resource = "WorkerFunction"

[[moves]]
function = "start"
from = "planner"
to = "worker"
"""

LEGACY = {
    "planner.py": "def start(event):\n    return 1\n\n\ndef lambda_handler(event, _):\n"
    "    return start(event)\n",
    "worker.py": "def lambda_handler(event, _):\n    return 2\n",
}
REFACTORED = {
    "planner.py": "def start(event):\n    return invoke('worker', event)\n",
    "worker.py": LEGACY["worker.py"] + "\n\ndef start(event):\n    return 1\n",
}

VERDICTS = {
    "migrate": ("identical", "divergent"),
    "verify": ("identical", "divergent", "invalid", "inconclusive"),
    "faults": ("identical", "divergent", "invalid", "inconclusive"),
    "fuzz": ("identical", "divergent", "invalid", "inconclusive"),
    "bench": ("within", "over", "faster", "invalid", "inconclusive"),
    "rollback": ("identical", "divergent", "invalid", "inconclusive"),
    "mutants": ("within", "over", "invalid", "inconclusive"),
}
"""Every verdict that a part can have, the good one first."""

SCENARIO = Scenario("drill", "A drill of two servers.", invoke=(Invocation("worker", {"n": 1}),))
RESULT = ScenarioResult(
    SCENARIO.name, SCENARIO.shows, "identical", (), (), (), 5, 6, 930.0, 0.25, SCENARIO
)
DIFFERENCE = Divergence(
    "calls", 3, "calls[2].isDrill", True, MISSING, "planner.py:1 start", "worker.py:5 start"
)
STRIKE = faults.Strike(
    (Fault("drs.StartRecovery", "lost"),), "worker.py:6 start", "", "drs.StartRecovery"
)
SWITCHED_ALONE = Trial("drill", Course(frozenset({"config:f"})), "divergent", None, 0, ("a lost",))
PARTS = ("config:f", "code:f")


def trees(folder: Path) -> Trees:
    """Both trees, and the configuration beside them."""
    for name, files in (("legacy", LEGACY), ("refactored", REFACTORED)):
        (folder / name).mkdir(parents=True, exist_ok=True)
        for path, text in files.items():
            (folder / name / path).write_text(text)
    (folder / "migration.toml").write_text(CONFIG)
    return Trees(folder / "migration.toml", folder / "legacy", folder / "refactored")


def migrated(source: Path) -> Migrated:
    moved = Moved("start", "start", "planner.py", "worker.py", True, "same", 2, False)
    wanted = {path: text.encode() for path, text in REFACTORED.items()}
    plan = Plan(REFACTORED, (Resolution("log", "worker", "shared", "log"),), {}, (), ())
    return Migrated(source, plan, wanted, Recheck((Proved(moved, ()),), (), ()))


def verification(*results: ScenarioResult, **changes: Any) -> Verification:
    found = results or (RESULT,)
    allowances = (Allowance("invocations of moved actions", "the move", 926),)
    made = Verification("identical", found, allowances, "identical", 2.5, len(found))
    return replace(made, **changes)


def struck(verdict: str = "identical", *divergences: Divergence) -> faults.Struck:
    return faults.Struck(SCENARIO, STRIKE, verdict, divergences, False)


def faults_run(*found: faults.Struck, **changes: Any) -> faults.Campaign:
    looks = (faults.Look(SCENARIO, (STRIKE,), 6),)
    raced = (Raced(SCENARIO, 0, (4, 5), (1, 1), ()),)
    made = faults.Campaign("identical", looks, found or (struck(),), 1, 1, 1, 0.5, raced, 1)
    return replace(made, **changes)


def fuzz_run(**changes: Any) -> fuzz.Campaign:
    ran = (fuzz.Ran(0, SCENARIO, 5, 6, ("SUCCEEDED",), {"worker: start": 2}, 1),)
    return replace(fuzz.Campaign("identical", 11, 1, ran, (), (), 0, 0.5, 0.0), **changes)


def bench_run(**changes: Any) -> Bench:
    paired = Paired(EXECUTION, 4, (1.0, 1.1), (1.0, 1.0), (1.01, 1.12), (1.1, 1.2))
    charges = (
        Charge(1.0, 0.2, "invocation", "invoke", "worker"),
        Charge(1.2, 0.5, "call", "drs", ""),
    )
    example = Pair(0, MEASURED, replace(MEASURED, handed=charges))
    made = replace(BENCH, compute=replace(COMPUTE, paired=(paired,)), example=example)
    return replace(made, **changes)


def rollout_run(**changes: Any) -> Rollout:
    held = Flight(CONTROL, 2, 2, ("drill",), (), False)
    out = Flight("out, all at once", 3, 3, ("drill",), (), True)
    return replace(rollout(held, out), **{"verdict": "identical", **changes})


def mutants_run(evidence: Evidence, **changes: Any) -> dict[str, Any]:
    found = mutants_json(judged(FOUND, EQUAL), TEXTS, {}, {})
    digests = {"digests": identity(evidence.signed), "sampled": False}
    document: dict[str, Any] = json.loads(json.dumps({**found, **digests, **changes}))
    return document


def made(folder: Path, **changes: Any) -> Evidence:
    """Evidence of which every part is good, in a folder of its own."""
    both = trees(folder)
    found = Evidence(
        trees=both,
        sample=False,
        signed=signed(load(both.config), both),
        seed=11,
        versions={"python": "3.11.7", "drs-refactor": "0.1.0"},
        actions={"start": "start"},
        names={"f": "f-in-aws"},
        migrated=migrated(both.legacy),
        verification=verification(),
        faults=faults_run(),
        fuzz=fuzz_run(),
        bench=bench_run(),
        rollout=rollout_run(),
    )
    return replace(replace(found, mutants=mutants_run(found)), **changes)


def turned(found: Evidence, part: str, verdict: str) -> Evidence:
    """The same evidence, but for the verdict of one part; "not run" takes it away."""
    field = {"migrate": "migrated", "verify": "verification", "rollback": "rollout"}.get(part, part)
    if verdict == "not run":
        missing = {**found.missing, part: "it was not asked for"}
        return replace(found, **{field: None, "missing": missing})
    if part == "migrate":
        wrong = Difference("worker.py", 1, "is 'x', a fresh run writes 'y'")
        return replace(found, difference=wrong if verdict == "divergent" else None)
    if part == "bench":
        if verdict == "invalid":
            return replace(found, bench=bench_run(problems=("a run was lost",)))
        levels = (replace(LEVEL, verdict=verdict), *BENCH.levels[1:])
        return replace(found, bench=bench_run(levels=levels))
    if part == "mutants":
        return replace(found, mutants=mutants_run(found, verdict=verdict))
    return replace(found, **{field: replace(getattr(found, field), verdict=verdict)})


def crowded(folder: Path) -> Evidence:
    """Evidence in which there is something of everything that a page can show."""
    suspect = Suspect("worker.py:6", "start", "has isDrill=False")
    findings = (
        Finding(DIFFERENCE, "warm"),
        Finding(Divergence("state", 4, "result.status", "a" * 900, "b" * 900), "cold"),
        Finding(Divergence("table", 0, "plans[0].n", [1], None), "warm"),
    )
    diverges = replace(
        RESULT, name="tags", verdict="divergent", findings=findings, suspects=(suspect,),
        problem="a worker was lost", explanation=("Value changed.",),
    )  # fmt: skip
    observed = replace(RESULT, name="observed", observations=("an error is swallowed",))
    run = verification(
        diverges, observed, replace(observed, name="more"),
        verdict="divergent",
        allowances=(Allowance("logs", "agreed", 0, 4), Allowance("move", "the move", 9)),
        reached=(
            Reached("legacy", "planner.py", "start", 9, (2,), 4, ((1, 2),)),
            Reached("refactored", "worker.py", "start", 9, (6, 7), 4, ()),
        ),
        denied={"planner": ("batch:*",)},
        runtimes={"planner": "python3.12"},
        retries=(("planner", "drs", "standard, 5 attempts"), ("worker", "drs", "legacy, 3")),
        unchecked=(("worker", "arn:role/x"),),
    )  # fmt: skip
    race = New(SCENARIO, "StartRecovery", (("table plans", ["one"], {"n": "two"}),))
    raced = (
        Raced(SCENARIO, 0, (4, 5), (1, 2), (race,)),
        Raced(SCENARIO, 0, (0, 0), (0, 0), (), "a worker was lost"),
    )
    looks = (faults.Look(SCENARIO, (STRIKE,), 6), faults.Look(SCENARIO, (), 0, "nothing happens"))
    strikes = faults_run(
        struck("divergent", DIFFERENCE), verdict="divergent", raced=raced, races=2, looks=looks,
        problems=("a worker was lost",),
    )  # fmt: skip
    group = fuzz.Group(("calls", "calls"), "worker.py:6", (0, 3), fuzz.Shrunk(diverges, 9))
    drawn = fuzz_run(verdict="divergent", groups=(group,), left=1)
    drawn = replace(drawn, ran=(replace(drawn.ran[0], key=("calls", "calls")),))
    found = made(folder, verification=run, faults=strikes, fuzz=drawn)
    return replace(
        found,
        sample=True,
        migrated=_crowded_move(found),
        difference=Difference("worker.py", 1, "is 'x', a fresh run writes 'y'"),
        bench=bench_run(left_out=("instructions: there is no valgrind",), problems=("a run lost",)),
        rollout=_crowded_rollout(),
        flown=_flown(),
        mutants=_crowded_mutants(found),
        replays=Replays(
            {"tags": "drs-refactor replay tags.json"},
            ("drs-refactor replay fault.json",),
            ("drs-refactor replay race.json",),
            ("drs-refactor replay fuzz.json",),
            {LOST: "drs-refactor replay lost.json"},
        ),
    )


def _crowded_move(found: Evidence) -> Migrated:
    assert found.migrated is not None
    first = found.migrated.proof.proved[0]
    renamed = replace(first.moved, name="begin", verbatim=False)
    copy = replace(first.moved, function="helper", name="helper", copy=True)
    wrong = Bound("json", "", "planner.py:1", "worker.py:1")
    split = SplitState("planner.py", 3, "CACHE", ("start",), ("other",))
    plan = replace(
        found.migrated.plan,
        resolutions=(Resolution("log", "worker", "aliased", "worker.py:1: log is two things"),),
        removed={"planner": ("boto3", "json")},
        mentions=("planner.py:2: speaks of start",),
        template_changes=("main.yaml:7: PlannerFunction may invoke WorkerFunction",),
    )
    proof = Recheck(
        (Proved(renamed, (wrong,)), Proved(copy, ())),
        ("planner.py:1: a client of batch",),
        (split,),
    )
    return replace(found.migrated, plan=plan, proof=proof)


def _crowded_rollout() -> Rollout:
    empty, full = frozenset[str](), frozenset(PARTS)
    stages = (Stage(("code:f", "role:r"), ("main",)), Stage((), (), ("config:f",)))
    way = RolloutWay(stages, (empty, frozenset({"code:f"}), full))
    unsafe = StackWay(3, SWITCHED_ALONE, at_end=True)
    changes = (
        Change("replaced", MACHINE, "main/M", "main.yaml:3", ("StateMachineName",)),
        Change("added", TABLE, "main/T", "main.yaml:9", retained=True),
    )
    stacks = Stacks(
        changes,
        (Mover("config:f", ("main/F",), "main"), Mover("code:f")),
        (Package("code:f", "main.yaml:12", "f.zip"),),
        unsafe,
        StackWay(2, SWITCHED_ALONE, failing=True),
        StackWay(1, None),
        unsafe,
        ("main.yaml:3: DependsOn: [Role]",),
    )
    return rollout_run(
        verdict="divergent",
        parts=PARTS,
        combinations=(
            Trial("drill", Course(empty), "identical"),
            Trial("drill", Course(full), "invalid", problem="nothing happened"),
            SWITCHED_ALONE,
        ),
        unjudged=2,
        out=way,
        back=replace(way, stages=stages[::-1]),
        ahead=(Ahead("code:f", "config:f", LOST),),
        unsafe_alone=(SWITCHED_ALONE,),
        stacks=stacks,
        flights=(
            Flight("back, all at once", 3, 2, ("drill",), (LOST,), True),
            Flight("back, no wait", 3, 3, ("drill",), (LOST,), False),
            Flight("out, all at once", 3, 3, ("drill",), (), True),
        ),
        problems=("pauses: no scenario pauses",),
        blockers=("the table is made anew",),
        unchecked=("layer:common",),
    )


def _flown() -> tuple[Flown, ...]:
    items = (Item("$.status", '"paused"', '"running"'), Item("$.n", "1", "1"))
    steps = (
        FlownStep(1, 0.0, "Start", True, items[1:], ()),
        FlownStep(2, 90.0, "Poll", False, items, ("drs.StartRecovery {isDrill: true}",)),
    )
    return (Flown("drill", "A drill of two servers.", 2, steps),)


def _crowded_mutants(found: Evidence) -> dict[str, Any]:
    document = mutants_run(found, verdict="over")
    lives = json.loads(json.dumps(mutants_json(judged(FOUND, LIVES, EQUAL), TEXTS, {}, {})))
    digests = {**document["digests"], "tool": "other"}
    return {**document, **lives, "verdict": "over", "digests": digests}


WORDS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=1>',
    "'><b onmouseover='x",
    "](javascript:x)",
    "[x](javascript:x) ![x](y)",
    "`tick` | pipe || ``",
    "</pre></summary></title></style></svg>",
    "]]> --> {{ 7 * 7 }} {% endraw %}",
    "&lt;i&gt; &amp; &#60;",
    "*star* _under_ ~~gone~~ $x$ # \\",
    "\x00 \x08 \x1b \x7f \ufffe",
    "\ud800 is half of something",
    "two\n\n# lines\n- <u>x</u>\n```\n| a | b |",
)
"""What trees could call things."""

KEPT = frozenset({"verdict", "outcome", "control", "side", "tool", "how"})
"""Fields that say what is shown; all others are names and values of trees."""

KEYS = frozenset({"families", "operators", "planted", "untouched", "digests"})
"""Of a mutants document, what is read by its keys."""


def spoiled(value: Any, words: str) -> Any:
    """The same value with these words in every text of it."""
    match value:
        case str():
            return f"{value} {words}"
        case tuple() | list() | frozenset():
            return type(value)(spoiled(one, words) for one in value)
        case dict():
            return {key: _spoiled(key, one, words) for key, one in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        found = {f.name: getattr(value, f.name) for f in fields(value) if f.init}
        return replace(value, **{name: _spoiled(name, one, words) for name, one in found.items()})
    return value


def _spoiled(name: Any, value: Any, words: str) -> Any:
    if name in KEPT:
        return value
    if name == "rollback" and isinstance(value, Mapping):
        return {spoiled(trial, words): spoiled(told, words) for trial, told in value.items()}
    if name == "verify" and isinstance(value, Mapping):
        return {spoiled(key, words): spoiled(told, words) for key, told in value.items()}
    if name == "operators" and isinstance(value, Mapping):
        return {spoiled(key, words): one for key, one in value.items()}
    return value if name in KEYS else spoiled(value, words)


def hostile(folder: Path, words: str) -> Evidence:
    """Crowded evidence with these words in every name and value, and in the names of files."""
    found = crowded(folder)
    kept = {name: getattr(found, name) for name in ("trees", "signed", "versions", "names")}
    bench = found.bench
    assert bench is not None
    # What a latency model and a budget are called is this tool's own, and is looked up.
    own = {
        name: getattr(bench, name)
        for name in ("budgets", "curves", "latencies", "gates", "reached")
    }
    wrong: Evidence = spoiled(found, words)
    assert wrong.bench is not None
    names = {spoiled(key, words): spoiled(name, words) for key, name in found.names.items()}
    return replace(wrong, **{**kept, "names": names}, bench=replace(wrong.bench, **own))


def written(found: Evidence, folder: Path) -> dict[str, Any]:
    """Write every report, and give the manifest."""
    write_all(folder, reports(found, decide(found), folder))
    manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text())
    return manifest


def plain(words: Words) -> str:
    """What a line says, without how it is shown."""
    parts = (part if isinstance(part, str) else part.words for part in inlines(words))
    return squeezed("".join(parts))


def squeezed(text: str) -> str:
    return " ".join(text.split())


def blocks_of(page: Page) -> list[Block]:
    """All blocks of a page, those inside folds too."""

    def inside(blocks: tuple[Block, ...]) -> list[Block]:
        return [
            one
            for block in blocks
            for one in (block, *(inside(block.blocks) if isinstance(block, Fold) else ()))
        ]

    return [block for section in page.sections for block in inside(section.blocks)]


def lines_of(page: Page) -> list[str]:
    """Every line of text that a page has, but for its tables."""
    found = [plain(words) for words in (*page.reasons, *page.not_checked, *page.notices, page.line)]
    for block in blocks_of(page):
        match block:
            case Paragraph():
                found.append(plain(block.words))
            case Items():
                found += map(plain, block.items)
            case Text():
                found += map(squeezed, block.lines)
            case SideBySide():
                found += map(squeezed, (block.legacy, block.refactored, *block.heads))
            case Fold():
                found.append(plain(block.title))
    return found


def rows_of(page: Page) -> list[tuple[str, ...]]:
    """Every row of every table of a page."""
    tables = [block for block in blocks_of(page) if isinstance(block, Table)]
    return [tuple(map(plain, row)) for table in tables for row in (table.head, *table.rows)]


SIGN = r"\\[!-/:-@\[-`{-~]"
"""What Markdown takes as it is."""


def unescaped(markdown: str) -> str:
    """What Markdown says, but for its code."""
    return re.sub(SIGN, lambda sign: sign[0][1], markdown)


def inline(markdown: str) -> list[tuple[str, str]]:
    """The parts of a line of Markdown as ("sign", "code" or "", what it says), in order."""
    return [
        ("sign", part[1:])
        if re.match(SIGN, part)
        else ("code", part[1:-1])
        if len(part) > 1 and part.startswith("`")
        else ("", part)
        for part in re.findall(rf"{SIGN}|`[^`]*`|\*\*|[^\\`*]+|.", markdown, re.S)
    ]


def markdown_rows(text: str) -> list[tuple[str, ...]]:
    """Every row of every table of a Markdown text, without those that only rule it."""
    found = []
    for line in outside_fences(text):
        if line.startswith("|") and not re.fullmatch(r"[|:-]+", line):
            found.append(tuple(squeezed(_said(cell)) for cell in cells(line)))
    return found


def _said(cell: str) -> str:
    return "".join(part for kind, part in inline(cell) if kind or part != "**")


def cells(line: str) -> list[str]:
    """The cells of a row of Markdown; in a row, a bar ends a cell inside of code too."""
    parts = re.findall(rf"{SIGN}|[^\\|]+|.", line)
    found = [""]
    for part in parts:
        found = [*found, ""] if part == "|" else [*found[:-1], found[-1] + part]
    return found[1:-1]


def outside_fences(text: str) -> list[str]:
    """The lines of a Markdown text that stand in no fence."""
    found, fence = [], ""
    for line in text.split("\n"):
        if fence:
            fence = "" if line == fence else fence
        elif opened := re.match("`{3,}", line):
            fence = opened[0]
        else:
            found.append(line)
    assert not fence, "a fence without an end"
    return found


class Html(HTMLParser):
    """An HTML text, read: its elements in order, their attributes, its texts and its rows."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.texts: list[str] = []
        self.rows: list[tuple[str, ...]] = []
        self._open: list[str] = []
        self._row: list[str] | None = None
        self.feed(text)
        self.close()
        self.text = "".join(self.texts)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._open.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag == "tr":
            self._row = []
        elif tag in ("td", "th") and self._row is not None:
            self._row.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "tr" and self._row is not None:
            self.rows.append(tuple(map(squeezed, self._row)))
            self._row = None

    def handle_data(self, data: str) -> None:
        self.texts.append(data)
        if self._row:
            self._row[-1] += data

    def of(self, *names: str) -> list[str]:
        """The values of these attributes."""
        return [value for _, name, value in self.attributes if name in names]
