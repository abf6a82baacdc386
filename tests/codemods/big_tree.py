"""Three handlers of the legacy tree at the size of real ones: their own functions, repeated under
other names.
"""

from __future__ import annotations

import ast
import re
import shutil
from pathlib import Path

from drs_refactor.model import Migration


def enlarge(migration: Migration, root: Path, lines: int) -> list[Path]:
    """A copy of the legacy tree at `root`, whose handlers have `lines` lines in all."""
    shutil.copytree(migration.legacy, root)
    paths = [root / function.path for function in migration.functions.values()]
    texts = {path: path.read_text() for path in paths}
    room = (lines - sum(text.count("\n") for text in texts.values())) // len(paths)
    for path, text in texts.items():
        path.write_text(text + _more(text, room))
    return paths


def _more(text: str, lines: int) -> str:
    """Renamed copies of a module's functions: the first lines of so many as are needed."""
    source = text.splitlines(keepends=True)
    tree = ast.parse(text)
    functions = [n for n in tree.body if isinstance(n, ast.FunctionDef)]
    # A copy that set the original's state would keep it from moving.
    state = sorted(
        {n for node in ast.walk(tree) if isinstance(node, ast.Global) for n in node.names}
    )
    names = "|".join([*(node.name for node in functions), *state])
    copies: list[str] = []
    count = number = 0
    while count < lines:
        number += 1
        copies += [f"\n{name}_{number} = None" for name in state]
        count += len(state)
        for node in functions:
            body = "".join(source[node.lineno - 1 : node.end_lineno])
            renamed = re.sub(rf"\b({names})\b", rf"\1_{number}", body)
            copies.append(f"\n\n{renamed}")
            count += renamed.count("\n") + 2
            if count >= lines:
                break
    return "".join(copies)
