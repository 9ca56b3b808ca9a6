"""Time that passes when a test says so."""

from __future__ import annotations

import threading

from token_vending.clock import Clock


class FakeClock:
    """Sleeps last no time and move the clock; with `holds_sleeps` they last until the test advances it."""

    def __init__(self, wall: float = 1_800_000_000.0) -> None:
        self._now = 1_000.0
        self._wall_offset = wall - self._now
        self._changed = threading.Condition()
        self.holds_sleeps = False
        self.sleeps: list[float] = []
        self.clock = Clock(monotonic=self.monotonic, wall=self.wall, sleep=self.sleep)

    def monotonic(self) -> float:
        return self._now

    def wall(self) -> float:
        return self._now + self._wall_offset

    def sleep(self, seconds: float) -> None:
        with self._changed:
            self.sleeps.append(seconds)
            self._changed.notify_all()
            if not self.holds_sleeps:
                self._now += seconds
                return
            until = self._now + seconds
            assert self._changed.wait_for(lambda: self._now >= until, timeout=20)

    def advance(self, seconds: float) -> None:
        with self._changed:
            self._now += seconds
            self._changed.notify_all()

    def set_wall_clock(self, seconds: float) -> None:
        """Sets it forward, or back."""
        self._wall_offset += seconds

    def wait_for_sleep(self) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self.sleeps, timeout=20)
