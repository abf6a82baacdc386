"""All test files together: what one place that several tests share allows, then edits and notes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import PurePosixPath

from codemods.edits import Edit, apply
from codemods.migrate import Migrated
from codemods.suites import edits as suite_edits
from codemods.suites.edits import Imports, hindrance, key_of, new_name
from codemods.suites.fates import Fates
from codemods.suites.held_modules import Modules
from codemods.suites.model import PATCH, READ, Suite, Unit, Use
from codemods.suites.verdicts import (
    MOVES,
    NONE,
    STAYS,
    UNSEEN,
    UNSURE,
    Family,
    Verdict,
    doubts_of,
    of_home,
    patched_by,
    verdict,
)
from codemods.syntax import source


class SuitePlan:
    """The verdicts of all units, settled with each other, and the edits and notes they come to."""

    def __init__(
        self, suites: list[Suite], fates: Fates, modules: Modules, result: Migrated
    ) -> None:
        self.suites = {suite.path: suite for suite in suites}
        self._fates, self._modules, self._result = fates, modules, result
        self._family = Family(suites)
        self._notes: list[tuple[str, int, str]] = []
        self._verdicts = {id(u): verdict(u, self._family, fates) for u in self._family.units}
        self._settle()

    # Which units can go.

    def _uses(self, unit: Unit) -> list[Use]:
        return of_home(unit.uses, self._fates.path)

    def _verdict(self, unit: Unit) -> Verdict:
        return self._verdicts[id(unit)]

    def _patched(self, unit: Unit) -> frozenset[str]:
        together = [unit, *self._family.used(unit), *self._family.users(unit)]
        return patched_by(use for one in together for use in self._uses(one))

    def _settle(self) -> None:
        """Take back what one place that is shared with others does not allow, until it is quiet."""
        for unit in self._family.units:
            why = self._own_hindrance(unit)
            if why:
                self._verdicts[id(unit)] = Verdict(UNSURE, why=why)
        while self._take_back():
            pass

    def _own_hindrance(self, unit: Unit) -> str | None:
        found = self._verdict(unit)
        if found.kind != MOVES:
            return None
        patched = self._patched(unit)
        suite = self.suites[unit.file]
        reasons = (
            hindrance(use, found.key, self._fates, patched, suite, self._modules)
            for use in self._uses(unit)
        )
        return next((reason for reason in reasons if reason), None)

    def _take_back(self) -> bool:
        changed = False

        def unsure(unit: Unit, why: str) -> None:
            nonlocal changed
            changed = True
            self._verdicts[id(unit)] = Verdict(UNSURE, why=why)

        for unit in self._family.units:
            if unit.shared and self._uses(unit):
                self._share(unit, unsure)
        for unit in self._family.units:
            found = self._verdict(unit)
            if found.kind != MOVES:
                continue
            for other in self._family.used(unit):
                if any(u.name for u in self._uses(other)) and self._verdict(other) != found:
                    unsure(unit, f"it shares {other.name or 'what the file sets up'} with others")
                    break
        for users in self._groups():
            kinds = {self._verdict(user) for user in users}
            for user in users if len(kinds) > 1 else []:
                if self._verdict(user).kind == MOVES:
                    path = self._fates.path_of(self._verdict(user).key)
                    unsure(
                        user,
                        f"what it tests lives in {path} now, but other tests load "
                        f"{self._fates.path} by the same line: give it a file of its own",
                    )
        return changed

    def _share(self, unit: Unit, unsure: Callable[[Unit, str], None]) -> None:
        verdicts = {self._verdict(u) for u in self._family.users(unit)} - {Verdict(NONE)}
        now = self._verdict(unit)
        if len(verdicts) == 1 and (only := verdicts.pop()).kind in (MOVES, STAYS):
            if now != only and now.kind != UNSURE:
                unsure(unit, "")
                self._verdicts[id(unit)] = only
                why = self._own_hindrance(unit)
                if why:
                    self._verdicts[id(unit)] = Verdict(UNSURE, why=why)
        elif now.kind != UNSURE:
            unsure(unit, "the tests that use it do not go the same way")

    def _groups(self) -> Iterator[list[Unit]]:
        """Units that depend on one place: a folder on the path, a name imported from the module."""
        groups: dict[object, list[Unit]] = {}
        given = {
            key_of(use.bound)
            for unit in self._family.units
            for use in self._uses(unit)
            if use.bound is not None and use.bound.fixture
        }
        for unit in self._family.units:
            for use in self._uses(unit):
                places: list[object] = [use.held.folder] if use.held.folder else []
                bound = use.bound
                if bound is not None and (bound.kind in ("from", "call") or key_of(bound) in given):
                    places.append(key_of(bound))
                for place in places:
                    users = groups.setdefault(place, [])
                    if not any(user is unit for user in users):
                        users.append(unit)
        yield from groups.values()

    # What is written.

    def texts(self) -> dict[str, str]:
        """The new text of each file that changes."""
        edits: dict[str, set[Edit]] = {}
        found = Imports(self.suites, self._fates)
        for unit in self._family.units:
            if self._verdict(unit).kind == MOVES:
                edits.setdefault(unit.file, set()).update(self._moved(unit, found))
            else:
                edits.setdefault(unit.file, set()).update(self._aliased(unit))
        found.finish()
        going = [u for u in self._family.units if self._verdict(u).kind == MOVES]
        folders = (
            suite_edits.folder_edits([u], self._fates.path, self._folder(self._verdict(u).key))
            for u in going
        )
        for more in (found.edits, *folders):
            for file, some in more.items():
                edits.setdefault(file, set()).update(some)
        applied = {
            file: apply(self.suites[file].source.text, some) for file, some in edits.items() if some
        }
        return {f: t for f, t in applied.items() if t != self.suites[f].source.text}

    def _folder(self, key: str) -> str:
        return PurePosixPath(self._fates.path_of(key)).parent.as_posix()

    def _moved(self, unit: Unit, found: Imports) -> Iterator[Edit]:
        key, patched = self._verdict(unit).key, self._patched(unit)
        for use in self._uses(unit):
            name = new_name(use, key, self._fates, patched)
            assert name is not None
            dotted, local = use.held.dotted, ""
            if use.held.folder is None:
                dotted = use.held.sibling(self._fates.path_of(key)) or dotted
            if use.bound is not None and use.bound.attribute:
                found.attribute(use.bound, key, name)
            elif use.bound is not None and use.held.folder is None:
                same = {
                    self._verdict(u)
                    for u in self._family.units
                    for other in self._uses(u)
                    if other.bound is not None and key_of(other.bound) == key_of(use.bound)
                }
                # Nor does what a fixture gives get another name in its tests.
                local = found.local(replace(use.bound, fixture=False), key, len(same) == 1)
            yield from suite_edits.edits_of_use(use, name, dotted, local)

    def _aliased(self, unit: Unit) -> Iterator[Edit]:
        """Tests of a destination's own code, where a newcomer has taken a name that it used."""
        for key, aliases in self._fates.aliases.items():
            path = self._fates.path_of(key)
            own = set(self._own(key).bound)
            uses = of_home(unit.uses, path)
            together = of_home(
                [u for one in (unit, *self._family.used(unit)) for u in one.uses], path
            )
            exercised = {u.name for u in together if u.kind == READ} - patched_by(together)
            for use in uses:
                if use.name not in aliases or (exercised and not exercised & own):
                    continue
                alias = aliases[use.name]
                if not exercised or exercised - own or use.name in exercised:
                    what = (
                        f"{use.name} of {path} is called {alias} now, and {use.name} is what came"
                    )
                    self._note(unit, use.place, f"{what}: which of the two it means cannot be seen")
                elif use.name_span is not None:
                    yield Edit(*use.name_span, alias)

    def _own(self, key: str) -> source.SourceFile:
        path = self._fates.path_of(key)
        return source.parse((self._result.source / path).read_bytes(), path)

    # What is left to a person.

    def _note(self, unit: Unit, place: int, why: str) -> None:
        line = self.suites[unit.file].source.line(place)
        what = f" {unit.name}" if unit.name else ""
        self._notes.append((unit.file, line, f"{unit.file}:{line}{what}: {why}"))

    def notes(self) -> list[str]:
        for unit in self._family.units:
            self._open_modules(unit)
            self._unsettled(unit)
        self._idle_imports()
        return [text for _, _, text in sorted(set(self._notes))]

    def _idle_imports(self) -> None:
        """Imports that will fail, which no rewritten test has taken along."""
        going = {
            key_of(use.bound)
            for unit in self._family.units
            for use in self._uses(unit)
            if use.bound is not None and self._verdict(unit).kind == MOVES
        }
        for unit in self._family.units:
            file = self.suites[unit.file]
            for bound in (unit.locals if unit.name else file.bound).values():
                if bound is None or bound.held.path != self._fates.path or not bound.attribute:
                    continue
                if not self._stub(bound.attribute) and key_of(bound) not in going:
                    why = f"it imports {bound.attribute}, which is gone from {self._fates.path}"
                    self._note(unit, bound.span[0], why)

    def _open_modules(self, unit: Unit) -> None:
        """Uses of a module that may be the old home or another."""
        for use in unit.uses:
            if use.held.path or self._fates.path not in use.held.why:
                continue
            if self._fates.leaves(use.name) or (
                use.kind == READ and self._fates.reached([use.name], frozenset())
            ):
                self._note(unit, use.place, f"{use.name}: {use.held.why}")
                return

    def _unsettled(self, unit: Unit) -> None:
        found, uses = self._verdict(unit), self._uses(unit)
        if found.kind == UNSURE:
            doubts = doubts_of(unit, self._fates)
            named = [u for u in uses if u.name]
            touched = [u for u in named if self._fates.concerns(u.name)] or named
            if doubts or touched:
                self._note(unit, doubts[0][0] if doubts else touched[0].place, found.why)
        elif found.kind == MOVES and found.why and not unit.shared:
            self._note(unit, uses[0].place if uses else unit.place, found.why)
        elif found.kind == UNSEEN and not unit.shared:
            for use in uses:
                if self._fates.concerns(use.name):
                    verb = "patches" if use.kind == PATCH else "reads"
                    why = f"it {verb} {use.name}, and what it exercises cannot be seen"
                    self._note(unit, use.place, why)
                    return
        elif found.kind == STAYS:
            for use in uses:
                if self._fates.leaves(use.name) and not self._stub(use.name):
                    self._note(unit, use.place, f"{use.name} is gone from {self._fates.path}")
                    return

    def _stub(self, name: str) -> bool:
        return name in self._fates.after.bound
