"""The source's side of a move: stubs in the place of functions that are still called there."""

from __future__ import annotations

from codemods import imports
from codemods.caught import exceptions
from codemods.edits import Edit
from codemods.scene import Scene
from codemods.stub_helper import STUB_IMPORTS, has_helper, helper_text
from codemods.stubs import stub_text
from codemods.syntax.names import words_of
from codemods.syntax.source import SourceFile, Statement


def stubs_in_source(
    scene: Scene, file: SourceFile, called: set[str], stay: list[Statement]
) -> tuple[frozenset[str], list[Edit]]:
    """Edits that replace the functions still called, and every name that the stubs refer to."""
    edits: list[Edit] = []
    needed: frozenset[str] = frozenset()
    first = min((scene.statements[name].index for name in called), default=None)
    absent, taken = imports.missing(file, STUB_IMPORTS if called else ())
    for move in scene.migration.moves:
        statement = scene.statements[move.function]
        if move.function not in called:
            continue
        owner = scene.migration.functions[move.destination]
        text = stub_text(
            move, scene.signatures[move.function], owner.arn_variable, owner.key, taken
        )
        if statement.index == first and not has_helper(file):
            moved = [scene.statements[name] for name in called]
            helper = helper_text(taken, exceptions(file, stay, moved))
            text = f"{helper}\n\n{text}"
        needed |= words_of(text)
        edits.append(Edit(statement.own, statement.end, text.replace("\n", file.newline)))
    return needed, edits + imports.insertion(file, absent)
