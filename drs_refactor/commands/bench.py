"""`bench`: whether the refactored tree takes as long as the legacy one, and for what."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from drs_refactor.documents import both_trees, can_be_written, relative, versions, write, write_json
from drs_refactor.exits import EXIT
from drs_refactor.migration import load
from drs_refactor.options import add_trees, trees_of
from drs_refactor.progress import Progress
from harness import scenario_files
from harness.bench.calibrate import entries, reports
from harness.bench.campaign import QUICK, Extent, bench
from harness.bench.latency_file import NAME as LATENCY
from harness.bench.latency_file import latencies
from harness.compute import history
from harness.compute.pairs import judge, overall
from harness.compute.storage import next_run
from harness.reports import bench as report
from harness.reports import bench_markdown
from harness.reports.bench_document import as_json

NAME = "bench"
HELP = "measure both trees: on virtual time under a latency model, and their own code in wall time"
EXAMPLE = "drs-refactor bench --json bench.json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_trees(parser)
    usual = Extent()
    parser.add_argument(
        "--latency", type=Path, metavar="FILE",
        help=f"how long things take, over the shipped model; {LATENCY} beside the configuration",
    )  # fmt: skip
    parser.add_argument(
        "--calibrate", type=Path, action="append", default=[], metavar="LOG",
        help=f"only write entries for {LATENCY}, from the REPORT lines of a Lambda log",
    )  # fmt: skip
    parser.add_argument("--scenario", metavar="NAME", help="the execution that is measured")
    parser.add_argument(
        "--draws", type=int, metavar="N", help=f"of the latency model; {usual.draws}"
    )
    parser.add_argument(
        "--pairs", type=int, metavar="N", help=f"of plays in wall time, at most; {usual.pairs}"
    )
    parser.add_argument("--quick", action="store_true", help="fewer of all, as for each commit")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of all draws; 0")
    parser.add_argument(
        "--power", action="store_true", help="tell how often which verdict on tree code is given"
    )
    parser.add_argument(
        "--instructions", action="store_true",
        help="count the processor's instructions too, where valgrind is installed: a minute more",
    )  # fmt: skip
    parser.add_argument(
        "--judge", type=Path, metavar="FILE",
        help="only judge the pairs again that an earlier run has in its --history",
    )  # fmt: skip
    parser.add_argument(
        "--history", type=Path, metavar="DIR", help="write the pairs as pytest-benchmark's next run"
    )
    parser.add_argument(
        "--report", type=Path, metavar="FILE", help="write a report in Markdown, and its pictures"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all of it as JSON")


def run(options: argparse.Namespace) -> int:
    if options.calibrate:
        told = [report for path in options.calibrate for report in reports(path)]
        for line in entries(told, ", ".join(path.name for path in options.calibrate)):
            print(line)
        return 0
    migration = load(options.config)
    if options.judge:
        return _judged_again(options.judge, migration.gates.compute_floor)
    own = options.latency or options.config.parent / LATENCY
    model = latencies(own if options.latency or own.is_file() else None)
    scenario = None
    if options.scenario:
        scenario = scenario_files.select(scenario_files.of(migration), [options.scenario])[0]
    trees = trees_of(options, migration)
    for path in (options.json, options.report):
        can_be_written(path)
    progress = Progress(1)
    found = bench(
        trees, model, migration.gates, _extent(options), progress.at, seed=options.seed,
        scenario=scenario,
    )  # fmt: skip
    progress.clear()
    for line in report.text(found):
        print(line)
    names = both_trees(trees.legacy, trees.refactored)
    if options.report:
        folder = options.report.with_suffix("")
        for name, picture in bench_markdown.pictures(found).items():
            write(folder / name, picture)
        write(options.report, bench_markdown.report(found, names, versions(), folder.name))
    if options.history and found.compute is not None:
        run = next_run(options.history)
        write(run, json.dumps(history.as_json(found.compute), indent=1) + "\n")
        print(f"kept as {relative(run)}: pytest-benchmark compare {relative(run)}")
    write_json(options.json, as_json(found, names, versions()))
    return EXIT[found.verdict]


def _extent(options: argparse.Namespace) -> Extent:
    usual = QUICK if options.quick else Extent()
    return Extent(
        usual.draws if options.draws is None else options.draws,
        usual.pairs if options.pairs is None else options.pairs,
        usual.quick,
        options.power,
        options.instructions,
    )


def _judged_again(path: Path, floor: float) -> int:
    """The verdict on the pairs of a file."""
    judged = [judge(paired, floor) for paired in history.pairs_of(path)]
    for one in judged:
        print(f"{one.level}: {one.sentence}")
    verdict = overall(judged)
    print(verdict)
    return EXIT[verdict]
