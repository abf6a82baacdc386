"""All mutants of a refactored tree, in a fixed order: each operator at each place of each site."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import takewhile

import libcst as cst
from libcst.metadata import (
    CodePosition,
    MetadataWrapper,
    PositionProvider,
    WhitespaceInclusivePositionProvider,
)

from harness.mutants.bodies import body
from harness.mutants.model import PLANTED, Edit, Mutant
from harness.mutants.operators import OPERATORS, Info, Operator, Place
from harness.mutants.operators.registry import New
from harness.mutants.pairs import BLIND, MERGED, WITH_OTHERS, merged_errors
from harness.mutants.sites import Site, info_of, sites_of
from harness.mutants.templates import of_templates
from harness.sides import Sides


def generate(sides: Sides, wanted: Callable[[str], bool] = lambda _: True) -> list[Mutant]:
    """Every mutant of the operators that are wanted, by name, the planted one first; no two that
    are the same tree, the move's own first.
    """
    sites = list(sites_of(sides))
    info = info_of(sides, sites)
    families = ("move", "ordinary")
    parts = BLIND if wanted(MERGED) else ()
    operators = [o for o in OPERATORS.values() if wanted(o.name) or o.name in parts]
    of_code = [
        mutant
        for family in families
        for site in sites
        for mutant in of_site(site, info, [o for o in operators if o.family == family])
    ]
    made = [*of_templates(sides), *merged_errors(of_code), *of_code]
    found = [m for m in made if wanted(m.operator) and m.operator != WITH_OTHERS]
    planted = next(_planted(sites, info), None)
    seen: set[frozenset[Edit]] = set()
    known: Counter[str] = Counter()
    kept = []
    for mutant in ([planted] if planted else []) + found:
        if frozenset(mutant.edits) not in seen:
            seen.add(frozenset(mutant.edits))
            known[mutant.key] += 1
            kept.append(replace(mutant, number=known[mutant.key] - 1))
    return kept


def of_site(site: Site, info: Info, operators: Iterable[Operator]) -> Iterator[Mutant]:
    """What these operators make of a site."""
    at = _Positions(site)
    for node, ancestors in _walk(site.module):
        asked = [one for one in operators if isinstance(node, one.on)]
        if not asked or _is_documentation(node, ancestors):
            continue
        place = Place(
            info, site.module, site.name, ancestors, (site.path, site.name) in info.copies
        )
        for one in asked:
            for change in one.changes(node, place):
                target, new = change if isinstance(change, tuple) else (node, change)
                mutant = at.mutant(one, (*ancestors, node), target, new)
                if mutant is not None:
                    yield mutant


class _Positions:
    """Where the nodes of a site stand in its file."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._code = site.module.code
        self._dumps: dict[str, str] = {}
        wrapper = MetadataWrapper(site.module, unsafe_skip_copy=True)
        self._whole = wrapper.resolve(WhitespaceInclusivePositionProvider)
        self._bare = wrapper.resolve(PositionProvider)
        self._starts = [0]
        for line in self._code.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))

    def mutant(
        self, operator: Operator, chain: tuple[cst.CSTNode, ...], target: cst.CSTNode, new: New
    ) -> Mutant | None:
        """The mutant; None for one that is no Python, changes nothing, or stands elsewhere."""
        site = self._site
        chain = (*takewhile(lambda one: one is not target, chain), target)
        small = next((n for n in chain if isinstance(n, cst.SimpleStatementLine)), None)
        start, end, text = self._replaced(target, new)
        code = self._code[:start] + text + self._code[end:]
        lines = self._lines(chain, small, target)
        if site.changed is not None and not site.changed & set(lines):
            return None
        if not self._is_another(small, code):
            return None
        before, after = _differing(self._code, code)
        edit = Edit(site.path, site.start + start, site.start + end, text)
        begin, end = body(self._code, 1, self._code.rstrip().count("\n") + 1)
        span = (site.first + begin - 1, site.first + end - 1)
        name, family = operator.name, operator.family
        return Mutant(family, name, site.path, site.name, lines, span, before, after, (edit,))

    def _is_another(self, small: cst.CSTNode | None, code: str) -> bool:
        """True if it is Python, and other Python. Within a small statement only that is parsed."""
        first, last = 0, len(self._code)
        if small is not None:
            span = self._bare[small]
            first, last = self._offset(span.start), self._offset(span.end)
        longer = len(code) - len(self._code)
        try:
            parsed = ast.dump(ast.parse(code[first : last + longer]))
            return parsed != self._dump(self._code[first:last])
        except (SyntaxError, ValueError):
            return False

    def _dump(self, code: str) -> str:
        if code not in self._dumps:
            self._dumps[code] = ast.dump(ast.parse(code))
        return self._dumps[code]

    def _replaced(self, target: cst.CSTNode, new: New) -> tuple[int, int, str]:
        if isinstance(new, cst.IndentedBlock):  # alone it would lose its indentation
            changed = self._site.module.deep_replace(target, new)
            assert isinstance(changed, cst.Module)
            return 0, len(self._code), changed.code
        span = self._whole[target]
        start, end = self._offset(span.start), self._offset(span.end)
        return start, end, new if isinstance(new, str) else self._site.module.code_for_node(new)

    def _offset(self, position: CodePosition) -> int:
        return self._starts[position.line - 1] + position.column

    def _lines(
        self, chain: tuple[cst.CSTNode, ...], small: cst.CSTNode | None, target: cst.CSTNode
    ) -> tuple[int, ...]:
        """The lines of which one must run: of the block or the statement that is changed, or of
        what introduces the block.
        """
        spans = [self._bare[target]]
        if not isinstance(target, cst.BaseSuite):
            opens = [n for n in chain if isinstance(n, cst.BaseCompoundStatement)]
            spans = [self._bare[small]] if small else [self._bare[n] for n in opens[-1:]] + spans
        first, begin = self._site.first - 1, spans[0].start.line
        return tuple(range(first + begin, first + max(spans[-1].end.line, begin) + 1))


def _walk(module: cst.Module) -> Iterator[tuple[cst.CSTNode, tuple[cst.CSTNode, ...]]]:
    """Every node, outer ones first, with what it stands in."""
    waiting: list[tuple[cst.CSTNode, tuple[cst.CSTNode, ...]]] = [(module, ())]
    while waiting:
        node, ancestors = waiting.pop()
        yield node, ancestors
        inner = (*ancestors, node)
        waiting += [(child, inner) for child in reversed(node.children)]


def _is_documentation(node: cst.CSTNode, ancestors: tuple[cst.CSTNode, ...]) -> bool:
    """True in docstrings, annotations and imports, which decide nothing at run time, and in what
    is only run where an import failed.
    """
    kinds = cst.Annotation | cst.Import | cst.ImportFrom
    if any(isinstance(one, kinds) or _is_fallback(one) for one in (*ancestors, node)):
        return True
    expression = node if isinstance(node, cst.Expr) else ancestors[-1] if ancestors else None
    return isinstance(expression, cst.Expr) and isinstance(
        expression.value, cst.SimpleString | cst.ConcatenatedString
    )


def _is_fallback(node: cst.CSTNode) -> bool:
    """True for what stands in for a module that could not be imported: it runs on other layers."""
    return (
        isinstance(node, cst.ExceptHandler)
        and isinstance(node.type, cst.Name)
        and node.type.value in ("ImportError", "ModuleNotFoundError")
    )


def _differing(before: str, after: str) -> tuple[str, str]:
    """The lines that differ, without those that are the same before and after them."""
    old, new = before.splitlines(), after.splitlines()
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return (
        "\n".join(old[start : len(old) - end]).strip("\n"),
        "\n".join(new[start : len(new) - end]).strip("\n"),
    )


def _planted(sites: list[Site], info: Info) -> Iterator[Mutant]:
    """The first moved function's stub or body does nothing: whoever misses that sees nothing."""
    for site in sites:
        statement = site.module.body[0]
        if site.name in info.functions and isinstance(statement, cst.FunctionDef):
            operator = Operator(
                PLANTED, "move", "a moved function does nothing", (), lambda *_: iter(())
            )
            mutant = _Positions(site).mutant(
                operator, (statement,), statement.body, " return None\n"
            )
            if mutant is not None:
                yield mutant
