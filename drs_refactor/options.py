"""Options that several commands take."""

from __future__ import annotations

import argparse
from pathlib import Path

from drs_refactor.model import Migration
from harness.results import Trees


def add_trees(parser: argparse.ArgumentParser) -> None:
    """The options that name the two trees."""
    parser.add_argument("--config", type=Path, default=Path("migration.toml"), metavar="FILE")
    parser.add_argument("--legacy", type=Path, metavar="DIR", help="the tree before")
    parser.add_argument("--refactored", type=Path, metavar="DIR", help="the tree after")


def trees_of(options: argparse.Namespace, migration: Migration) -> Trees:
    """The trees that the options name, or those of migration.toml."""
    return Trees(
        options.config,
        options.legacy or migration.legacy,
        options.refactored or migration.refactored,
    )


def add_scenarios(parser: argparse.ArgumentParser) -> None:
    """The option that chooses scenarios."""
    parser.add_argument(
        "--scenario",
        action="append",
        default=[],
        metavar="GLOB",
        help="only scenarios whose name matches; may be given several times",
    )
