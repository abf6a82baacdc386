"""A virtual clock for one day that is lived again and again."""

from __future__ import annotations

from harness.clock import VirtualClock


class RewoundClock(VirtualClock):
    """A clock that can begin its day again."""

    def rewind(self) -> None:
        """Back to the start. What was due is forgotten: nobody waits between two plays."""
        self._due.clear()
        self._elapsed = 0
        self._traveller.move_to(self.start)
