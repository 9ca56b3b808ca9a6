"""The time, which tests bring along."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Callable


@dataclass(frozen=True)
class Clock:
    """All in seconds."""

    #: Ages and deadlines. Never goes back, but may stand still while the machine sleeps.
    monotonic: Callable[[], float] = time.monotonic
    #: Since 1970. Signatures and `expires_at`; and whatever the other clock slept through.
    wall: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep

    def now(self) -> Moment:
        return Moment(self.monotonic(), self.wall())


@dataclass(frozen=True)
class Moment:
    """A reading of both clocks."""

    monotonic: float
    wall: float

    def __add__(self, seconds: float) -> Moment:
        return Moment(self.monotonic + seconds, self.wall + seconds)

    def seconds_since(self, earlier: Moment) -> float:
        """By the clock that has gone further: a frozen process may have only one that noticed."""
        return max(self.monotonic - earlier.monotonic, self.wall - earlier.wall)
