"""What PyYAML says of a file that is no YAML, as the one line that a user is told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

from drs_refactor.errors import InputError


@contextmanager
def told_as_input(text: str, path: Path | str, mend: str = "") -> Iterator[None]:
    """Parse `text` inside: its mistakes become an InputError with their line in `path`."""
    try:
        yield
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise InputError(
            f"this is not valid YAML: {error.problem}",
            path=path,
            line=mark.line + 1 if mark else None,
            mend=mend,
        ) from error
    except yaml.reader.ReaderError as error:
        raise InputError(
            f"this is not valid YAML: {error.reason}",
            path=path,
            line=text.encode().count(b"\n", 0, error.position) + 1,
            mend=mend,
        ) from error
