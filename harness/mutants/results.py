"""What a run of mutants found: data only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from harness.mutants.model import PLANTED, Mutant, Tried
from harness.mutants.pairs import TWO

FAMILIES = {
    "move": "what goes wrong in such a move",
    "ordinary": "ordinary mutations of what the move wrote",
    "written": "written by somebody who had seen only the two trees",
}
"""Families, and what their mutants are."""

ASKED = {"move": 1.0, "ordinary": 0.98, "written": 0.0}
"""The part of a family's mutants, without equivalent ones, that must be found."""


@dataclass(frozen=True)
class Earned:
    """What a facet is there for: a mutant that was found, and lives where the facet does not count;
    None if none of the `tried` ones does. With others `behind` which it stands, it is one that the
    facet finds where those do not count.
    """

    facet: str
    mutant: Mutant | None
    tried: int
    behind: tuple[str, ...] = ()


@dataclass(frozen=True)
class Campaign:
    """A run. `asked` mutants were to be tried, in so many scenarios and strikes; `diverging` are
    scenarios that differ without a mutant, `untouched` is what became of the tree as it is;
    `earned` is empty if nobody asked for it.
    """

    tried: tuple[Tried, ...]
    asked: int
    scenarios: int
    strikes: int
    seconds: float
    from_cache: int
    incomplete: bool
    problems: tuple[str, ...]
    diverging: tuple[str, ...]
    untouched: Tried | None = None
    earned: tuple[Earned, ...] = ()

    @property
    def planted(self) -> Tried | None:
        return next((one for one in self.tried if one.mutant.operator == PLANTED), None)


@dataclass(frozen=True)
class Score:
    """One family: how many mutants, and what became of them."""

    mutants: int
    killed: int
    equivalent: int
    survived: int

    @property
    def rate(self) -> float:
        """Killed, of those that are not equivalent."""
        counted = self.mutants - self.equivalent
        return self.killed / counted if counted else 0.0


@dataclass(frozen=True)
class Row:
    """One operator: how many mutants, what became of them, and how many differed in each facet, and
    in each stage, when they were found.
    """

    operator: str
    mutants: int
    killed: int
    equivalent: int
    facets: Mapping[str, int]
    stages: Mapping[str, int]

    @property
    def survived(self) -> int:
        return self.mutants - self.killed - self.equivalent


@dataclass(frozen=True)
class Judged:
    """A run with the reasons for which mutants are equivalent, by key. `wrong` are reasons for
    mutants that were found, `unused` those for mutants that are not there.
    """

    campaign: Campaign
    reasons: Mapping[str, str]

    def of(self, family: str) -> Iterator[Tried]:
        for one in self.campaign.tried:
            if one.mutant.family == family and one.mutant.operator != PLANTED:
                yield one

    def score(self, family: str) -> Score:
        found = [one for one in self.of(family) if not one.problem]
        killed = sum(one.killed is not None for one in found)
        equivalent = sum(self.is_equivalent(one) for one in found)
        return Score(len(found), killed, equivalent, len(found) - killed - equivalent)

    def is_equivalent(self, one: Tried) -> bool:
        return one.killed is None and one.mutant.key in self.reasons

    def rows(self) -> list[Row]:
        """Operator by operator; two guards that are left out, and all that was written, as one."""
        found: dict[str, list[Tried]] = {}
        for family in FAMILIES:
            for one in self.of(family):
                name = "written" if family == "written" else one.mutant.operator
                name = TWO if ", and " in name else name
                found.setdefault(name, []).append(one)
        return [self._row(name, tried) for name, tried in found.items()]

    def _row(self, name: str, tried: Sequence[Tried]) -> Row:
        killed = [one.killed for one in tried if one.killed]
        return Row(
            name,
            len(tried),
            len(killed),
            sum(map(self.is_equivalent, tried)),
            dict(Counter(facet for one in killed for facet in one.facets)),
            dict(Counter(one.stage for one in killed)),
        )

    def facets(self) -> list[str]:
        """The facets in which anything was found, those with most first."""
        count = Counter(f for one in self.campaign.tried if one.killed for f in one.killed.facets)
        return [facet for facet, _ in count.most_common()]

    def survivors(self) -> list[Tried]:
        return [
            one
            for one in self.campaign.tried
            if one.killed is None and not one.problem and one.mutant.key not in self.reasons
        ]

    @property
    def wrong(self) -> list[Tried]:
        return [o for o in self.campaign.tried if o.killed and o.mutant.key in self.reasons]

    @property
    def unused(self) -> list[str]:
        known = {one.mutant.key for one in self.campaign.tried}
        return sorted(self.reasons.keys() - known) if not self.campaign.incomplete else []

    @property
    def verdict(self) -> str:
        """within: as many were found as must be; over: fewer; inconclusive: not all were tried;
        invalid: nothing was tried, the planted one lives, or the tree as it is does not.
        """
        run = self.campaign
        ordinary = [one for one in run.tried if one.mutant.operator != PLANTED]
        if not ordinary or run.planted is None or run.planted.killed is None:
            return "invalid"
        if run.untouched is None or run.untouched.killed or run.untouched.problem:
            return "invalid"
        if run.problems or run.diverging or any(one.problem for one in run.tried) or self.wrong:
            return "invalid"
        scores = {family: self.score(family) for family in FAMILIES}
        short = any(s.mutants > s.equivalent and s.rate < ASKED[f] for f, s in scores.items())
        if run.incomplete:
            return "inconclusive"  # what lives so far may be found by what was not run
        return "over" if short else "within"
