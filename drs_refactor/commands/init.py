"""`init`: look at a tree and its templates, and write a first migration.toml."""

from __future__ import annotations

import argparse
from pathlib import Path

from codemods.migrate import migrate
from codemods.proposals.proposal import Proposal, propose
from codemods.proposals.survey import survey
from drs_refactor.documents import relative
from drs_refactor.errors import InputError
from drs_refactor.first_migration import questions, text_of
from drs_refactor.migration import load

NAME = "init"
HELP = "look at a tree and write a first migration.toml, with questions as comments"
EXAMPLE = "drs-refactor init --source legacy"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=Path, default=Path("migration.toml"), metavar="FILE")
    parser.add_argument(
        "--source", type=Path, default=Path("legacy"), metavar="DIR", help="the tree before"
    )
    parser.add_argument(
        "--from", dest="home", default="", metavar="KEY", help="the Lambda that functions leave"
    )
    parser.add_argument("--service", default="", metavar="NAME", help="what it must not call")


def run(options: argparse.Namespace) -> int:
    config: Path = options.config
    if config.exists():
        raise InputError(
            "this file is there already",
            path=config,
            mend="Move it away, or name another: --config",
        )
    found = survey(options.source)
    proposal = propose(found, options.service, options.home)
    text = text_of(found, proposal, config.parent)
    try:
        config.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", path=config) from error
    _report(config, options.source, proposal, text)
    return 0


def _report(config: Path, source: Path, proposal: Proposal, text: str) -> None:
    where = f"{relative(config)}, for {relative(source)}"
    print(f"{where}: {proposal.service} leaves {proposal.source.key}")
    for move in proposal.moves:
        kind = "goes with its callers" if move.helper else "moves"
        places = " and ".join(move.places) if move.places[0] else "?"
        print(f"  {move.function} (line {move.line}) {kind} to {places}")
    for line, question in questions(text):
        print(f"  question  {relative(config)}:{line}: {question}")
    try:
        migrate(source, load(config))
    except InputError as error:
        print(f"  next      {error}")
    else:
        print("  next      drs-refactor migrate --diff")
