"""What an entry file can import from its tree: the layers' modules, and those beside it."""

from __future__ import annotations

from pathlib import Path

from drs_refactor.errors import InputError
from drs_refactor.model import Migration


def importable(root: Path, migration: Migration, entry: str) -> dict[str, tuple[str, str]]:
    """Path and text of each module, by the name under which the entry imports it."""
    entries = {function.path for function in migration.functions.values()}
    found = {}
    for folder in (*migration.layers, Path(entry).parent.as_posix()):
        if not (root / folder).is_dir():
            raise InputError(
                "there is no such folder", path=root / folder, mend="See layers in migration.toml"
            )
        for path in sorted((root / folder).rglob("*.py")):
            relative = path.relative_to(root).as_posix()
            if relative not in entries:
                module = ".".join(path.relative_to(root / folder).with_suffix("").parts)
                try:
                    text = path.read_bytes().decode(errors="replace")
                except OSError as error:
                    raise InputError(f"cannot be read: {error.strerror}", path=path) from error
                found[module.removesuffix(".__init__")] = (relative, text)
    return found
