"""A Python file's bytes as text and LibCST's tree, or one line that says why not."""

from __future__ import annotations

import ast
import codecs
import re

import libcst as cst

from drs_refactor.errors import InputError

_OLD_LINE_END = re.compile(rb"\r(?!\n)")
_MEND = "Save the file as UTF-8"


def decoded(content: bytes, relative: str) -> tuple[cst.Module, str]:
    """The parsed module and its text. Raises InputError for what is neither UTF-8 nor Python."""
    _check_line_ends(content, relative)
    try:
        module = cst.parse_module(content)
        if codecs.lookup(module.encoding).name not in ("utf-8", "utf-8-sig", "ascii"):
            raise InputError(
                f"this file is written in {module.encoding}", path=relative, line=1, mend=_MEND
            )
        return module, content.decode("utf-8")
    except cst.ParserSyntaxError as error:
        what, line = _told_by_python(content)
        raise InputError(
            f"syntax error: {what or error.message.splitlines()[0]}",
            path=relative,
            line=line or error.raw_line,
            mend="Mend the file: it must parse before anything can move",
        ) from error
    except (UnicodeDecodeError, LookupError, SyntaxError) as error:
        raise InputError(
            f"cannot be decoded: {error}", path=relative, line=_undecodable(content), mend=_MEND
        ) from error


def _check_line_ends(content: bytes, relative: str) -> None:
    """Refuse lines that end as old Macs ended them: LibCST, editors and patch count them apart."""
    if found := _OLD_LINE_END.search(content):
        raise InputError(
            "a line ends in a carriage return alone",
            path=relative,
            line=content.count(b"\n", 0, found.start()) + 1,
            mend="Save the file with line feeds",
        )


def _told_by_python(content: bytes) -> tuple[str, int | None]:
    """Python's own words and line: LibCST's tokenizer gives line 1 for all of its errors."""
    if b"\0" in content:
        line = content.count(b"\n", 0, content.index(b"\0")) + 1
        return "the file contains a NUL byte", line
    try:
        ast.parse(content)
    except SyntaxError as error:
        return error.msg, error.lineno
    return "", None


def _undecodable(content: bytes) -> int:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        return content.count(b"\n", 0, error.start) + 1
    return 1
