"""One vend under way, for everybody who waits for it and for nobody in particular."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Optional

from token_vending._http.transport import ATTEMPT_SECONDS
from token_vending._http.vend import Ask
from token_vending.errors import VendingError
from token_vending.token import Token

#: A waiter gets None where the token that it reported is kept.
Waiter = Future[Optional[Token]]


class Flight:
    """Guarded by its keeper's lock."""

    def __init__(self, ask: Ask, now: float) -> None:
        self.ask = ask
        #: By then it has either landed or been frozen with its process: nobody joins it.
        self.given_up_at = now + ATTEMPT_SECONDS
        self._waiters: list[tuple[float, Waiter]] = []
        self._paused: tuple[float, VendingError] | None = None

    def starts_attempt(self, now: float) -> None:
        self.given_up_at = now + ATTEMPT_SECONDS
        self._paused = None

    def pause(self, until: float, error: VendingError) -> bool:
        """Until the service may be asked again. Returns whether anybody waits as long; the others get the error."""
        waiting = [waiter for waiter in self._waiters if waiter[0] >= until]
        for deadline, waiter in self._waiters:
            if deadline < until:
                waiter.set_exception(error.copy(error.retry_after_seconds))
        self._waiters = waiting
        self.given_up_at = until + ATTEMPT_SECONDS
        self._paused = (until, error)
        return bool(waiting)

    def join(self, now: float, deadline: float) -> Waiter:
        waiter: Waiter = Future()
        # From here on nobody can cancel it: a caller that leaves does not matter to the flight.
        waiter.set_running_or_notify_cancel()
        if self._paused is not None and deadline < self._paused[0]:
            until, error = self._paused
            waiter.set_exception(error.copy(max(0, round(until - now))))
        else:
            self._waiters.append((deadline, waiter))
        return waiter

    def take_waiters(self) -> list[Waiter]:
        waiters = [waiter for _, waiter in self._waiters]
        self._waiters = []
        return waiters
