"""Where each test belongs after the move.

The rule, per test, with the fixtures, helpers and class that it uses counted as its own:

1. *Exercised* are the functions and classes of the old home that it names and does not patch.
2. If all of them went to one function, the test **moves**: it must load that function's module,
   and patch the same names there. If they can reach what is behind a stub there, that is told.
3. If all of them stay, it **stays**, should it reach no moved function, or patch one that it
   reaches: the stub keeps the old name, so such a patch still replaces what the caller calls.
   (A handler reaches all that it dispatches to; which one an event picks is not followed.)
4. Everything else is for a person: both kinds exercised, nothing exercised that can be seen, names
   put together at run time, a module handed on, a caller that reaches stubs and patches none.

What tests share moves if all its users do, to the same place; a test moves only if all it uses can.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from codemods.suites.fates import Fates
from codemods.suites.model import PATCH, READ, Suite, Unit, Use

MOVES, STAYS, UNSEEN, UNSURE, NONE = "moves", "stays", "unseen", "unsure", "none"


@dataclass(frozen=True)
class Verdict:
    """What becomes of a unit; `key` is the function it moves to, `why` what a person must know."""

    kind: str
    key: str = ""
    why: str = field(default="", compare=False)


class Family:
    """All units, and what each of them uses of the others."""

    def __init__(self, suites: list[Suite]) -> None:
        self._suites = {suite.path: suite for suite in suites}
        self.units = [unit for suite in suites for unit in suite.units]
        self._shared = [unit for unit in self.units if unit.shared]
        self._used = {id(unit): self._closure(unit) for unit in self.units}
        self._users: dict[int, list[Unit]] = {}
        for unit in self.units:
            for other in () if unit.shared else self.used(unit):
                self._users.setdefault(id(other), []).append(unit)

    def suite(self, unit: Unit) -> Suite:
        return self._suites[unit.file]

    def used(self, unit: Unit) -> list[Unit]:
        """The shared units that run when it does, directly or through one another."""
        return self._used[id(unit)]

    def users(self, shared: Unit) -> list[Unit]:
        """The tests that a shared unit runs for."""
        return self._users.get(id(shared), [])

    def _closure(self, unit: Unit) -> list[Unit]:
        found: list[Unit] = []
        queue = [unit]
        while queue:
            one = queue.pop()
            for other in self._shared:
                known = other is unit or any(other is f for f in found)
                if not known and self._applies(one, other):
                    found.append(other)
                    queue.append(other)
        return found

    def _applies(self, unit: Unit, other: Unit) -> bool:
        if not other.shared or other is unit or other.owner not in ("", unit.owner):
            return False
        if not self.suite(unit).sees(self.suite(other)):
            return False
        return other.everywhere or other.name in unit.words


def of_home(uses: Iterable[Use], path: str) -> list[Use]:
    return [use for use in uses if use.held.path == path]


def patched_by(uses: Iterable[Use]) -> frozenset[str]:
    return frozenset(use.name for use in uses if use.kind == PATCH)


def doubts_of(unit: Unit, fates: Fates) -> list[tuple[int, str]]:
    """What cannot be followed and may be the old home's: where, and why."""
    return [
        (place, why)
        for place, held, why in unit.unsure
        if held.path == fates.path or fates.path in held.why
    ]


def verdict(unit: Unit, family: Family, fates: Fates) -> Verdict:
    """By the rule above, the unit and what it uses taken together."""
    together = [unit, *family.used(unit)]
    uses = of_home([use for one in together for use in one.uses], fates.path)
    for one in together:
        if one.unsure and (doubts := doubts_of(one, fates)):
            return Verdict(UNSURE, why=doubts[0][1])
    if not of_home(unit.uses, fates.path) and not any(
        of_home(u.uses, fates.path) for u in family.used(unit) if u.name
    ):
        return Verdict(NONE)
    patched = patched_by(uses)
    exercised = sorted({u.name for u in uses if u.kind == READ and fates.is_code(u.name)} - patched)
    leaving = [name for name in exercised if fates.leaves(name)]
    staying = [name for name in exercised if not fates.leaves(name)]
    if leaving and staying:
        return Verdict(
            UNSURE,
            why=f"it exercises {leaving[0]}, which moves to {_places(fates, leaving[0])}, "
            f"and {staying[0]}, which stays",
        )
    if leaving:
        return _moving(leaving, patched, fates)
    for name in staying:
        reached = fates.reached([name], patched)
        if reached and not patched & set(fates.reached([name], frozenset())):
            owner = fates.path_of(fates.moves[reached[0]].destination)
            return Verdict(
                UNSURE,
                why=f"{name} can reach {reached[0]}, which invokes {owner} now: "
                f"if this test gets there, patch {reached[0]} itself",
            )
    return Verdict(STAYS) if staying else Verdict(UNSEEN)


def _moving(leaving: list[str], patched: frozenset[str], fates: Fates) -> Verdict:
    homes = [fates.homes(name) for name in leaving]
    if not all(homes):
        name = leaving[homes.index([])]
        return Verdict(UNSURE, why=f"it exercises {name}, which is gone")
    # A name that was carried to several has no first home among them.
    firsts = {home[0] for name, home in zip(leaving, homes, strict=True) if name in fates.moves}
    common = set.intersection(*map(set, homes))
    keys = (firsts or common) & common
    if len(keys) != 1 or len(firsts) > 1:
        places = [f"{name} ({_places(fates, name)})" for name in leaving]
        return Verdict(UNSURE, why=f"what it exercises has several homes: {', '.join(places)}")
    key = keys.pop()
    remote = frozenset(name for name in fates.moves if key not in fates.homes(name))
    names = fates.reached(leaving, patched, remote)
    found = [name for name in names if name in remote]
    path = fates.path_of(key)
    why = f"{leaving[0]} can reach {found[0]}, behind a stub in {path}" if found else ""
    hint = f": if this test gets there, patch {found[0]} itself" if found else ""
    return Verdict(MOVES, key, why + hint)


def _places(fates: Fates, name: str) -> str:
    return " and ".join(fates.path_of(key) for key in fates.homes(name)) or "nowhere"
