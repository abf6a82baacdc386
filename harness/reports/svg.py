"""Pictures as SVG of one file: readable in light and dark, the same bytes for the same figures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from harness.reports.xml import plain

_STYLE = """\
text{font:12px system-ui,sans-serif;fill:#222}.small{font-size:10px}.title{font-weight:600}
.end{text-anchor:end}.middle{text-anchor:middle}.axis{stroke:#888;fill:#888;stroke-width:1}
.grid{stroke:#8884;stroke-width:1}.band{fill:#2a93}.limit{stroke:#c33;stroke-dasharray:4 3}
.legacy{stroke:#46c;fill:#46c}.refactored{stroke:#d70;fill:#d70}
.mark{stroke-width:2}.good{stroke:#2a9;fill:#2a9}.bad{stroke:#c33;fill:#c33}
.unsure{stroke:#a80;fill:#a80}.line{fill:none;stroke-width:2}
@media(prefers-color-scheme:dark){svg{background:#161616}text{fill:#ddd}.axis{stroke:#777}}"""


@dataclass
class Picture:
    """A picture that is drawn element by element, in pixels from its upper left corner. `told` is
    what it shows, for who does not see it.
    """

    width: int
    height: int
    told: str
    _parts: list[str] = field(default_factory=list)

    def line(self, x1: float, y1: float, x2: float, y2: float, kind: str) -> None:
        """A straight line of a kind of the style."""
        self._parts.append(
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{kind}"/>'
        )

    def rectangle(self, x: float, y: float, width: float, height: float, kind: str) -> None:
        """A filled rectangle."""
        self._parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" '
            f'class="{kind}"/>'
        )

    def dot(self, x: float, y: float, kind: str) -> None:
        """A point."""
        self._parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" class="{kind}"/>')

    def path(self, points: Sequence[tuple[float, float]], kind: str) -> None:
        """A line through points."""
        joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self._parts.append(f'<polyline points="{joined}" class="line {kind}"/>')

    def text(self, x: float, y: float, words: str, kind: str = "") -> None:
        """Words, which may be anything."""
        self._parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}">{escape(plain(words))}</text>'
        )

    def turned(self, x: float, y: float, words: str) -> None:
        """Words that run upwards, as heads of narrow columns do."""
        self._parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" class="small" transform="rotate(-60 {x:.1f} {y:.1f})">'
            f"{escape(plain(words))}</text>"
        )

    def written(self) -> str:
        """The file's text."""
        told, parts = escape(plain(self.told)), "\n".join(self._parts)
        label = quoteattr(plain(self.told))
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" '
            f'width="{self.width}" height="{self.height}" role="img" aria-label={label}>\n'
            f"<title>{told}</title>\n<style>{_STYLE}</style>\n{parts}\n</svg>\n"
        )


@dataclass(frozen=True)
class Scale:
    """From a value between `low` and `high` to a pixel between `begin` and `end`."""

    low: float
    high: float
    begin: float
    end: float
    logarithmic: bool = False

    def __call__(self, value: float) -> float:
        share = (self._of(value) - self._of(self.low)) / (self._of(self.high) - self._of(self.low))
        return self.begin + min(max(share, 0.0), 1.0) * (self.end - self.begin)

    def _of(self, value: float) -> float:
        return math.log(max(value, 1e-9)) if self.logarithmic else value

    def ticks(self, count: int = 5) -> list[float]:
        """Round values, some of them."""
        if self.logarithmic:
            powers = range(math.ceil(math.log10(self.low)), math.floor(math.log10(self.high)) + 1)
            return [10.0**power for power in powers]
        step = 10 ** math.floor(math.log10((self.high - self.low) / count))
        step *= next(m for m in (1, 2, 5, 10) if (self.high - self.low) / (m * step) <= count)
        first = math.ceil(self.low / step)
        return [n * step for n in range(first, math.floor(self.high / step + 1e-9) + 1)]
