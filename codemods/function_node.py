"""A function as its template has it."""

from __future__ import annotations

from dataclasses import dataclass

import yaml

from codemods.yaml_text import Document


@dataclass(frozen=True)
class FunctionNode:
    """A function's resource in its template."""

    document: Document
    logical_id: str
    properties: yaml.Node

    def get(self, *keys: str) -> yaml.Node | None:
        return self.document.get(self.properties, *keys)
