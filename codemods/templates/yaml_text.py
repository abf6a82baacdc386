"""YAML edited as text: nodes tell where things stand, and every byte outside an edit stays.

`compose` builds nodes without constructors, so CloudFormation's tags need no declaration. An alias
has the node of its anchor: what is reached through one, or through a merge key, is not edited.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TypeGuard

import yaml

from codemods.edits import Edit
from drs_refactor.errors import InputError
from drs_refactor.yaml_errors import told_as_input

_MERGE = "tag:yaml.org,2002:merge"
_BLANK_LINE = re.compile(r"[ \t]*\r?\n")
_KEEPS = re.compile(r"(?:!\S*\s+|&\S+\s+)*[|>]\d?\+")


@dataclass
class Document:
    """A YAML file's text and root node; `relative` is its path in the tree."""

    relative: str
    text: str
    root: yaml.Node
    _shared: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        seen: set[int] = set()
        queue = [self.root]
        shared = []
        while queue:
            node = queue.pop()
            if id(node) in seen:
                shared.append(node)
                continue
            seen.add(id(node))
            queue += children_of(node)
        while shared:
            node = shared.pop()
            if id(node) not in self._shared:
                self._shared.add(id(node))
                shared += children_of(node)

    def refuse(self, what: str, node: yaml.Node, mend: str) -> InputError:
        return InputError(what, path=self.relative, line=node.start_mark.line + 1, mend=mend)

    def get(self, mapping: yaml.Node | None, *keys: str) -> yaml.Node | None:
        """The value under a path of keys, or None."""
        node = mapping
        for key in keys:
            if not isinstance(node, yaml.MappingNode):
                return None
            named = [(k, v) for k, v in node.value if k.value == key]
            if len(named) > 1:
                raise self.refuse(
                    f"{key} stands here again, after line {named[0][0].start_mark.line + 1}",
                    named[1][0],
                    "Take out the one that is not meant",
                )
            found = named[0][1] if named else None
            merged = next((k for k, _ in node.value if k.tag == _MERGE), None)
            if found is None and merged is not None:
                raise self.refuse(
                    f"{key} may come from this merge key, and an edit would reach further than "
                    "meant",
                    merged,
                    "Write it out where it is used",
                )
            node = found
        return node

    def editable(self, node: yaml.Node) -> yaml.Node:
        """The node, if the text that it stands for is its own."""
        if id(node) in self._shared:
            raise self.refuse(
                "this part is shared through an anchor or a merge key, so an edit would reach "
                "further than meant",
                node,
                "Write it out where it is used",
            )
        return node

    def end_of(self, node: yaml.Node) -> int:
        """Where a node's last line ends, newline included; comments below it stay outside."""
        last = node
        while isinstance(last, yaml.CollectionNode) and not last.flow_style and last.value:
            child = last.value[-1]
            last = child[1] if isinstance(child, tuple) else child
            if id(last) in self._shared:
                last = child[0] if isinstance(child, tuple) else child
                break
        end = last.end_mark.index
        if isinstance(last, yaml.ScalarNode) and last.style in ("|", ">"):
            return self._without_blank_lines(end, kept=_keeps_blank_lines(self.source(last)))
        line_end = self.text.find(
            "\n", max(end - 1, 0) if self.text[end - 1 : end] == "\n" else end
        )
        return len(self.text) if line_end < 0 else line_end + 1

    def _without_blank_lines(self, end: int, kept: bool) -> int:
        """A block scalar's mark lies past the blank lines and comments that follow it. Blank lines
        are its own if it says so.
        """
        stripped = self.text[:end].rstrip()
        line_end = self.text.find("\n", len(stripped))
        place = len(self.text) if line_end < 0 else line_end + 1
        while kept and (blank := _BLANK_LINE.match(self.text, place)):
            place = blank.end()
        return place

    def source(self, node: yaml.Node) -> str:
        """The text of a node, its tag included."""
        return self.text[node.start_mark.index : node.end_mark.index].rstrip()

    @property
    def newline(self) -> str:
        return "\r\n" if "\r\n" in self.text else "\n"

    def add_entries(self, mapping: yaml.Node, lines: list[str]) -> Edit:
        """Add `key: value` lines at the end of a mapping, indented as its keys are, or within its
        braces.
        """
        self.editable(mapping)
        if isinstance(mapping, yaml.MappingNode) and mapping.flow_style and _fit(lines):
            return self._add_within(mapping, [v for _, v in mapping.value], lines)
        if not isinstance(mapping, yaml.MappingNode) or mapping.flow_style or not mapping.value:
            raise self.refuse(
                "entries can only be added to a mapping that is written on lines of its own",
                mapping,
                "Write it as a block, one key a line",
            )
        return self._add_lines(mapping, mapping.value[0][0].start_mark.column, lines)

    def add_items(self, sequence: yaml.SequenceNode, lines: list[str]) -> Edit:
        """Add items at the end of a sequence; `lines` begin with what follows the dash."""
        self.editable(sequence)
        if sequence.flow_style and _fit(lines):
            return self._add_within(sequence, sequence.value, lines)
        if sequence.flow_style or not sequence.value:
            raise self.refuse(
                "items can only be added to a list that is written on lines of its own",
                sequence,
                "Write it as a block, one item a line",
            )
        return self._add_lines(
            sequence, sequence.start_mark.column, [f"- {line}" for line in lines]
        )

    def add_item(self, sequence: yaml.SequenceNode, lines: list[str], within: str) -> Edit:
        """Add one item of several lines, or what is to stand within brackets if the list does."""
        if sequence.flow_style:
            return self.add_items(sequence, [within])
        edit = self.add_items(sequence, lines[:1])
        indent = " " * (sequence.start_mark.column + 2)
        rest = "".join((f"{indent}{line}" if line else "") + self.newline for line in lines[1:])
        return Edit(edit.start, edit.end, edit.text + rest)

    def _add_within(self, node: yaml.Node, values: list[yaml.Node], lines: list[str]) -> Edit:
        """Behind the last value, or the opening bracket if there is none; what follows stays."""
        place = self._end_within(values[-1]) if values else node.end_mark.index - 1
        text = ", ".join(lines)
        return Edit(place, place, f", {text}" if values else text)

    def _end_within(self, value: yaml.Node) -> int:
        if id(value) in self._shared:
            raise self.refuse(
                "an entry cannot be added behind an alias", value, "Write it out where it is used"
            )
        return value.end_mark.index

    def _add_lines(self, node: yaml.Node, column: int, lines: list[str]) -> Edit:
        place = self.end_of(node)
        text = "".join(f"{' ' * column}{line}{self.newline}" for line in lines)
        if place and self.text[place - 1] != "\n":
            text = self.newline + text
        return Edit(place, place, text)


def _fit(lines: list[str]) -> bool:
    """True if each line is a whole entry, which may stand within brackets: a reference, a text."""
    return all(not line.startswith(" ") and not line.endswith(":") for line in lines)


def compose(text: str, relative: str) -> Document:
    """Parse a template. Raises InputError with the line where it is no YAML."""
    try:
        with told_as_input(text, relative, "Mend the template"):
            root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except InputError as error:
        if "another document" in error.what:
            raise InputError(
                "a second document begins here",
                path=relative,
                line=error.line,
                mend="Keep one template in a file",
            ) from error
        raise
    except RecursionError as error:
        raise InputError(
            "this template is nested too deeply", path=relative, line=1, mend="Mend the template"
        ) from error
    if root is None:
        raise InputError(
            "this template is empty", path=relative, line=1, mend="See [templates] files"
        )
    return Document(relative, text, root)


def flattened(node: yaml.Node) -> dict[tuple[str, ...], tuple[str, str]]:
    """Every scalar by its path, with tag and value: what an edit must leave as it is.

    What an alias repeats is followed once: it may repeat itself, or more than any memory holds.
    """
    found: dict[tuple[str, ...], tuple[str, str]] = {}
    seen: set[int] = set()
    queue: list[tuple[tuple[str, ...], yaml.Node]] = [((), node)]
    while queue:
        path, inner = queue.pop()
        if isinstance(inner, yaml.ScalarNode):
            found[path] = (inner.tag, inner.value)
        elif id(inner) not in seen:
            seen.add(id(inner))
            parts = (
                [(str(key.value), child) for key, child in inner.value]
                if isinstance(inner, yaml.MappingNode)
                else [(str(number), child) for number, child in enumerate(inner.value)]
            )
            queue += [((*path, name), child) for name, child in reversed(parts)]
    return found


def _keeps_blank_lines(source: str) -> bool:
    """True for `|+` and `>+`, behind a tag or anchor if there is one."""
    return _KEEPS.match(source) is not None


def is_list(node: yaml.Node | None) -> TypeGuard[yaml.SequenceNode]:
    """False for an intrinsic function with a list of arguments: an item would be one more."""
    return isinstance(node, yaml.SequenceNode) and not node.tag.startswith("!")


def items(node: yaml.Node | None) -> list[yaml.Node]:
    """The items of a list; what is no list is the only one."""
    if node is None:
        return []
    return list(node.value) if is_list(node) else [node]


def text_of(node: yaml.Node | None) -> str:
    """The text of a scalar, "" for anything else."""
    return str(node.value) if isinstance(node, yaml.ScalarNode) else ""


def read(node: yaml.Node | None, *keys: str) -> yaml.Node | None:
    """The value under a path of keys, through merge keys too: to be read, not to be edited."""
    for key in keys:
        if not isinstance(node, yaml.MappingNode):
            return None
        found = next((value for name, value in node.value if name.value == key), None)
        if found is None:
            merged = [
                part for name, value in node.value if name.tag == _MERGE for part in items(value)
            ]
            found = next((f for part in merged if (f := read(part, key)) is not None), None)
        node = found
    return node


def children_of(node: yaml.Node) -> list[yaml.Node]:
    """The keys and values, or the items, of a node."""
    if isinstance(node, yaml.MappingNode):
        return [part for pair in node.value for part in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []
