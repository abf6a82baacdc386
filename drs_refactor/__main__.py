"""The command line: `drs-refactor` or `python -m drs_refactor`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from drs_refactor.commands import migrate, replay, verify
from drs_refactor.documents import refused
from drs_refactor.errors import InputError
from drs_refactor.exits import BAD_INPUT

COMMANDS = (migrate, verify, replay)


def parser() -> argparse.ArgumentParser:
    """The parser of all commands."""
    top = argparse.ArgumentParser(
        prog="drs-refactor",
        description="Moves functions between Lambda handlers and proves that nothing else changed.",
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in COMMANDS:
        command = commands.add_parser(
            module.NAME,
            help=module.HELP,
            description=module.HELP,
            epilog=f"example: {module.EXAMPLE}",
        )
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and give its exit code: 0, 1, 2 or 3 as README.md says."""
    options = parser().parse_args(arguments)
    try:
        code: int = options.run(options)
        return code
    except InputError as error:
        print(f"drs-refactor: {error}", file=sys.stderr)
        refused(getattr(options, "json", None), error)
        return BAD_INPUT
    except BrokenPipeError:
        return 0


if __name__ == "__main__":
    sys.exit(main())
