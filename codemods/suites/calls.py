"""The calls of a test that patch a name of a module, or read one by a string."""

from __future__ import annotations

import re
from collections.abc import Iterable

import libcst as cst

from codemods.suites.held_modules import Held
from codemods.suites.model import PATCH, READ, Bound, Use
from codemods.suites.modules import ModuleFinder
from codemods.syntax.names import dotted

_NOT_NAMES = frozenset({"spec", "create", "spec_set", "autospec", "new_callable", "target"})


class CallReader(ModuleFinder):
    """Notes what calls name; what they hold besides is walked through."""

    def _walk(self, node: cst.CSTNode) -> None:
        raise NotImplementedError

    def _call(self, node: cst.Call) -> bool:
        """Calls that patch, read by name or load. True if all of it has been dealt with."""
        name = dotted(node.func)
        given = [a.value for a in node.args if a.keyword is None and not a.star]
        named = {a.keyword.value: a.value for a in node.args if a.keyword is not None}
        if not given and "target" in named:
            given = [named["target"]]
        rest = [a for a in node.args if not given or a.value is not given[0]]
        last = name.rpartition(".")[2]
        if last == "patch" or name.endswith("patch.dict") or last in ("setattr", "delattr"):
            if given and self._patched_string(given[0]):
                self._walk_all(rest)
                return True
            if name.endswith("patch.dict") or last == "patch":
                return False
        if name.endswith("patch.multiple") and given:
            return self._multiple(node, given[0])
        if name.endswith(("patch.object", "setattr", "delattr", "getattr", "hasattr", "spy")):
            return self._by_name(node, given, READ if last in ("getattr", "spy") else PATCH)
        if name.endswith("exec_module") or last == "reload":
            return bool(given) and self._held(given[0])
        return self._module(node) is not None

    def _held(self, node: cst.BaseExpression) -> bool:
        """A module named as a whole. False if it is none."""
        bound = self._module(node)
        if bound is not None and isinstance(node, cst.Name | cst.Attribute):
            place = self._place(node)
            self._unit.uses.append(Use(bound.held, "", READ, place[0], place, None, bound))
        return bound is not None

    def _walk_all(self, arguments: Iterable[cst.Arg]) -> None:
        for argument in arguments:
            self._walk(argument.value)

    def _patched_string(self, node: cst.BaseExpression) -> bool:
        if not isinstance(node, cst.SimpleString):
            if isinstance(node, cst.FormattedString | cst.BinaryOperation | cst.Name):
                text = self._file.source.module.code_for_node(node)
                if isinstance(node, cst.Name):
                    constant = self._file.values.get(node.value)
                    text = self._file.source.module.code_for_node(constant) if constant else ""
                    if self._lookup(node.value) is not None:
                        return False
                words = re.findall(r"[\w.]*\w", text)
                for word in [*words, *map(self._constant, words)]:
                    held = self._target(f"{word}.x")[0] if word else None
                    if held is not None:
                        why = "it patches a name that is put together as it runs"
                        self._doubt(node, held, why)
            return False
        value = node.evaluated_value
        held, names = self._target(value) if isinstance(value, str) else (None, [])
        if held is None or not names:
            return False
        start = self._place(node)[0] + len(node.prefix) + len(node.quote)
        if isinstance(value, str) and node.raw_value != value:
            self._doubt(node, held, "its target is written with escapes")
            return True
        module_end = start + len(held.dotted)
        name_span = (module_end + 1, module_end + 1 + len(names[0]))
        self._unit.uses.append(
            Use(held, names[0], PATCH, start, (start, module_end), name_span, None)
        )
        return True

    def _constant(self, name: str) -> str:
        value = self._file.values.get(name)
        text = value.evaluated_value if isinstance(value, cst.SimpleString) else ""
        return text if isinstance(text, str) else ""

    def _multiple(self, node: cst.Call, target: cst.BaseExpression) -> bool:
        bound = self._module(target)
        held, span = (bound.held, self._place(target)) if bound else (None, (0, 0))
        if isinstance(target, cst.SimpleString) and isinstance(target.evaluated_value, str):
            held = self._named(target.evaluated_value)
            start = self._place(target)[0] + len(target.prefix) + len(target.quote)
            span = (start, start + len(target.evaluated_value))
        if held is None:
            return False
        for argument in node.args:
            if argument.keyword is not None and argument.keyword.value not in _NOT_NAMES:
                name = argument.keyword
                place = self._place(name)
                self._unit.uses.append(Use(held, name.value, PATCH, place[0], span, place, bound))
            elif argument.star:
                self._doubt(node, held, "the names that it patches are put together as it runs")
            if argument.value is not target:
                self._walk(argument.value)
        return True

    def _by_name(self, node: cst.Call, given: list[cst.BaseExpression], kind: str) -> bool:
        bound = self._module(given[0]) if given else None
        if bound is None:
            return False
        if len(given) > 1 and isinstance(given[1], cst.SimpleString):
            quoted = given[1]
            start = self._place(quoted)[0] + len(quoted.prefix) + len(quoted.quote)
            name = quoted.raw_value
            span = (start, start + len(name))
            module = self._place(given[0])
            self._unit.uses.append(Use(bound.held, name, kind, start, module, span, bound))
        else:
            self._doubt(node, bound.held, "the name that it looks up is put together as it runs")
        for argument in node.args:
            if argument.value not in given[:2]:
                self._walk(argument.value)
        return True

    def _use(
        self,
        held: Held,
        name: str,
        kind: str,
        module: cst.CSTNode | None,
        node: cst.CSTNode,
        bound: Bound,
    ) -> None:
        place = self._place(node)
        self._unit.uses.append(
            Use(
                held,
                name,
                kind,
                place[0],
                self._place(module) if module is not None else None,
                place if module is not None else None,
                bound,
            )
        )
