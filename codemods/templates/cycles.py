"""Which resources of a template refer to which: a circle of references cannot be deployed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

import yaml

from codemods.templates.yaml_text import Document, children_of

_IN_TEXT = re.compile(r"\$\{([A-Za-z0-9]+)[.}]")
_NAMING = frozenset({"Ref", "Fn::GetAtt", "DependsOn"})


def leads_to(
    document: Document, start: str, goal: str, planned: Mapping[str, Iterable[str]]
) -> bool:
    """True if the resource `start` refers to `goal`, directly or through others. `planned` are
    references that are still to be written.
    """
    seen: set[str] = set()
    queue = [start]
    while queue:
        name = queue.pop()
        if name == goal:
            return True
        if name not in seen:
            seen.add(name)
            resource = document.get(document.root, "Resources", name)
            queue += planned.get(name, ())
            queue += named(resource) if resource is not None else ()
    return False


def named(node: yaml.Node) -> Iterator[str]:
    """The resources that a node may refer to, other names included."""
    queue = [(node, False)]
    seen: set[int] = set()
    while queue:
        part, naming = queue.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        if isinstance(part, yaml.ScalarNode):
            if naming or part.tag in ("!Ref", "!GetAtt"):
                yield part.value.partition(".")[0]
            yield from _IN_TEXT.findall(part.value)
        elif isinstance(part, yaml.MappingNode):
            queue += [(value, naming or key.value in _NAMING) for key, value in part.value]
        else:
            queue += [(child, naming or part.tag == "!GetAtt") for child in children_of(part)]
