"""The command line: `drs-refactor` or `python -m drs_refactor`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from types import ModuleType

from drs_refactor.documents import refused
from drs_refactor.errors import InputError
from drs_refactor.exits import BAD_INPUT, EXIT

COMMANDS = (
    "init",
    "migrate",
    "proof",
    "verify",
    "fuzz",
    "replay",
    "rollback",
    "bench",
    "mutants",
    "signoff",
    "serve",
)


def parser(names: Sequence[str] = COMMANDS) -> argparse.ArgumentParser:
    """The parser of these commands."""
    top = argparse.ArgumentParser(
        prog="drs-refactor",
        description="Moves functions between Lambda handlers and proves that nothing else changed.",
    )
    top.add_argument("--version", action="version", version=f"%(prog)s {version('drs-refactor')}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in names:
        module = _module(name)
        command = commands.add_parser(
            name,
            help=module.HELP,
            description=module.HELP,
            epilog=f"example: {module.EXAMPLE}",
        )
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    return top


def _module(name: str) -> ModuleType:
    return import_module(f"drs_refactor.commands.{name}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and give its exit code: 0, 1, 2 or 3 as README.md says."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    # moto alone takes longer to import than a migration takes: load the asked command only.
    options = parser(given[:1] if given[:1] and given[0] in COMMANDS else COMMANDS).parse_args(
        given
    )
    try:
        code: int = options.run(options)
        return code
    except InputError as error:
        print(f"drs-refactor: {error}", file=sys.stderr)
        refused(getattr(options, "json", None), error)
        return BAD_INPUT
    except BrokenPipeError:
        return 0
    except KeyboardInterrupt:
        print("drs-refactor: interrupted before anything was done", file=sys.stderr)
        return EXIT["inconclusive"]


if __name__ == "__main__":
    sys.exit(main())
