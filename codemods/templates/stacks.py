"""Which template nests which, and whether two of them are given the same parameters."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

import yaml

from codemods.templates.yaml_text import Document, flattened, read, text_of

_LOCATION = {
    "AWS::CloudFormation::Stack": "TemplateURL",
    "AWS::Serverless::Application": "Location",
}
_SAME_EVERYWHERE = frozenset(
    f"AWS::{name}" for name in ("Partition", "Region", "AccountId", "URLSuffix")
)
_IN_TEXT = re.compile(r"\$\{([^}!]+)\}")
_DEEPEST = 10

Origin = tuple[object, ...]


@dataclass(frozen=True)
class Nesting:
    """The resource of a parent template that nests another one."""

    document: Document
    resource: yaml.Node

    @property
    def condition(self) -> yaml.Node | None:
        return read(self.resource, "Condition")


class Stacks:
    """The templates of a tree as stacks, nested or not."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._documents = list(documents)

    def nestings(self, document: Document) -> list[Nesting]:
        """Where a template is nested: where a location ends with its file name, and no other file
        of that name fits better.
        """
        found = []
        for parent in self._documents:
            resources = read(parent.root, "Resources")
            for _, node in resources.value if isinstance(resources, yaml.MappingNode) else ():
                key = _LOCATION.get(text_of(read(node, "Type")))
                location = read(node, "Properties", key) if key else None
                if location is not None and document.relative in self._meant(location):
                    found.append(Nesting(parent, node))
        return found

    def _meant(self, location: yaml.Node) -> list[str]:
        """The files that a location may stand for."""
        ends = [PurePosixPath(text).parts[::-1] for _, text in flattened(location).values()]
        fits = {
            other.relative: max(
                (_shared(end, PurePosixPath(other.relative).parts[::-1]) for end in ends),
                default=0,
            )
            for other in self._documents
        }
        best = max(fits.values())
        return [relative for relative, fit in fits.items() if best and fit == best]

    def difference(self, here: Document, there: Document, text: str) -> str:
        """Why a text for !Sub out of template `there` may mean something else in `here`: what it is
        made of, and how that differs. "" if it means the same.
        """
        for name in _IN_TEXT.findall(text):
            if name in _SAME_EVERYWHERE:
                continue
            if name.startswith("AWS::"):
                if here is not there:
                    return f"{name}, which is another in each stack"
            elif read(here.root, "Parameters", name) is None:
                return f"{name}, which this template has not"
            elif here is not there and not self.same(here, there, name):
                return (
                    f"{name}, which {here.relative} and {there.relative} may be given differently"
                )
        return ""

    def same(self, here: Document, there: Document, name: str) -> bool:
        """True if two templates have a parameter of that name, and are given the same for it."""
        both = [read(d.root, "Parameters", name) for d in (here, there)]
        if None in both:
            return False
        ours, theirs = (self._origins(d, name, 0) for d in (here, there))
        if len(ours) == 1 and ours == theirs:
            return True
        defaults = [read(node, "Default") for node in both]
        return (
            not self.nestings(here)
            and not self.nestings(there)
            and text_of(defaults[0]) == text_of(defaults[1])
            and all(isinstance(node, yaml.ScalarNode) for node in defaults)
        )

    def _origins(self, document: Document, name: str, depth: int) -> set[Origin]:
        """What a parameter is given, in every place where its template is nested."""
        nestings = self.nestings(document) if depth < _DEEPEST else []
        found: set[Origin] = set() if nestings else {("parameter", document.relative, name)}
        for nesting in nestings:
            parent = nesting.document
            given = read(nesting.resource, "Properties", "Parameters", name)
            if given is None:
                given = read(document.root, "Parameters", name, "Default")
            if given is None:
                found.add(("nothing", document.relative, name))
            elif (outer := referred(given)) and read(parent.root, "Parameters", outer) is not None:
                found |= self._origins(parent, outer, depth + 1)
            elif isinstance(given, yaml.ScalarNode) and not given.tag.startswith("!"):
                found.add(("text", given.value))
            else:
                found.add(("expression", parent.relative, *sorted(flattened(given).items())))
        return found

    def same_condition(
        self, here: Document, ours: yaml.Node | None, there: Document, theirs: yaml.Node | None
    ) -> bool:
        """True if what stands under the second condition exists wherever the first holds."""
        if theirs is None:
            return True
        if ours is None or text_of(ours) != text_of(theirs):
            return False
        return here is there or self._same_definition(here, there, text_of(theirs), set())

    def _same_definition(self, here: Document, there: Document, name: str, seen: set[str]) -> bool:
        ours, theirs = (read(d.root, "Conditions", name) for d in (here, there))
        if ours is None or theirs is None or flattened(ours) != flattened(theirs):
            return False
        seen.add(name)
        for path, (tag, value) in flattened(theirs).items():
            if tag == "!Condition" or path[-1:] == ("Condition",):
                if value not in seen and not self._same_definition(here, there, value, seen):
                    return False
            elif tag == "!Ref" or path[-1:] == ("Ref",):
                if value not in _SAME_EVERYWHERE and not self.same(here, there, value):
                    return False
            elif "${" in value and self.difference(here, there, value):
                return False
        return True


def referred(node: yaml.Node) -> str:
    """The name that is all that a node refers to: by Ref, or a text of nothing else. "" if none."""
    while isinstance(node, yaml.MappingNode) and len(node.value) == 1:
        key, node = node.value[0]
        if key.value == "Ref":
            return text_of(node)
        if key.value != "Fn::Sub":
            return ""
    text = text_of(node)
    if node.tag == "!Ref":
        return text
    whole = _IN_TEXT.fullmatch(text)
    return whole[1] if whole else ""


def _shared(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """How many parts two paths, read from their ends, have in common."""
    count = 0
    for ours, theirs in zip(one, other, strict=False):
        if ours != theirs:
            break
        count += 1
    return count
