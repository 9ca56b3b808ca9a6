"""What is held for one provider and scope set, and the rules for it. No I/O, no lock."""

from __future__ import annotations

from dataclasses import dataclass

from token_vending._http.answer import Vended
from token_vending._http.vend import Ask
from token_vending._tokens.flight import Flight
from token_vending.clock import Moment
from token_vending.errors import VendingError
from token_vending.token import Token, fingerprint

_MAX_BACK_OFF_SECONDS = 30
_MIN_TTL_SECONDS_BETWEEN_TRIES = 30

#: As long as the service heeds no second report.
_KEPT_SECONDS = 10


@dataclass(frozen=True)
class Held:
    token: Token
    refresh_monotonic: float
    refresh_wall: float
    expires_at: Moment

    def is_due(self, now: Moment) -> bool:
        return now.monotonic >= self.refresh_monotonic or now.wall >= self.refresh_wall

    def seconds_left(self, now: Moment) -> float:
        return -now.seconds_since(self.expires_at)


@dataclass(frozen=True)
class Refusal:
    """The last report that brought no replacement."""

    fingerprint: str
    #: Requests sent before this share it.
    landed: int
    #: Requests sent until then do, too.
    until: float


class Entry:
    """Guarded by its keeper's lock; only `held` is read without it."""

    def __init__(self) -> None:
        self.held: Held | None = None
        self.flights: dict[Ask, Flight] = {}
        self._failures = 0
        self._refresh_again_at = 0.0
        self._min_ttl_again_at = 0.0
        self._refusal: Refusal | None = None

    def valid(self, now: Moment) -> Held | None:
        return self.held if self.held is not None and self.held.seconds_left(now) > 0 else None

    def serves(self, ask: Ask, now: Moment) -> Token | None:
        """The token held, where asking the service would bring no better."""
        held = self.valid(now)
        if held is None:
            return None
        is_too_short = ask.min_ttl is not None and held.seconds_left(now) < ask.min_ttl
        return None if is_too_short and self._may_try_min_ttl(now) else held.token

    def refresh_is_due(self, now: Moment) -> bool:
        if self.held is None or now.monotonic < self._refresh_again_at:
            return False
        return self.held.is_due(now) and not self._is_busy(now)

    def flight_for(self, ask: Ask, now: Moment) -> Flight | None:
        """One under way that brings what is asked, or more life than that."""
        for flight in self.flights.values():
            is_same = flight.ask.rejected == ask.rejected and (flight.ask.min_ttl or 0) >= (ask.min_ttl or 0)
            if is_same and now.monotonic < flight.given_up_at:
                return flight
        return None

    def shares_refusal(self, rejected: str, sent: int, now: Moment) -> bool:
        refusal = self._refusal
        if refusal is None or refusal.fingerprint != rejected:
            return False
        return sent < refusal.landed or now.monotonic < refusal.until

    def accept(self, ask: Ask, outcome: Vended | VendingError, now: Moment, landed: int) -> Token | VendingError | None:
        """Takes what a flight brought. Returns what those who waited for it get."""
        if ask.rejected is not None:
            return self._accept_report(ask.rejected, outcome, now, landed)
        if isinstance(outcome, VendingError):
            self._postpone_refresh(now, outcome.retry_after_seconds or 0)
            held = self.valid(now)
            return outcome if held is None else held.token
        return self._accept_vend(ask, outcome, now)

    def _accept_report(
        self, rejected: str, outcome: Vended | VendingError, now: Moment, landed: int
    ) -> Token | VendingError | None:
        if isinstance(outcome, VendingError):
            self._refusal = Refusal(rejected, landed, now.monotonic)
            return outcome
        if outcome.rejection == "kept" or fingerprint(outcome.token.access_token) == rejected:
            self._refusal = Refusal(rejected, landed, now.monotonic + _KEPT_SECONDS)
            return None
        self._hold(_held(outcome))
        return outcome.token

    def _accept_vend(self, ask: Ask, vended: Vended, now: Moment) -> Token:
        old, new = self.valid(now), _held(vended)
        if new is None:
            self._postpone_refresh(now, 0)
            return vended.token
        # The same token again, or one of another instance that ends sooner, is no refresh.
        if old is None or new.expires_at.monotonic > old.expires_at.monotonic + 1:
            self._hold(new)
            old = new
        else:
            self._postpone_refresh(now, 0)
        if ask.min_ttl is not None and old.seconds_left(now) < ask.min_ttl:
            self._min_ttl_again_at = now.monotonic + _MIN_TTL_SECONDS_BETWEEN_TRIES
        return old.token

    def _hold(self, held: Held | None) -> None:
        self.held = held
        self._failures = 0
        self._refresh_again_at = 0.0

    def _postpone_refresh(self, now: Moment, at_least_seconds: float) -> None:
        back_off = min(2**self._failures, _MAX_BACK_OFF_SECONDS)
        self._failures = min(self._failures + 1, 5)
        self._refresh_again_at = now.monotonic + max(back_off, at_least_seconds)

    def _may_try_min_ttl(self, now: Moment) -> bool:
        return now.monotonic >= max(self._min_ttl_again_at, self._refresh_again_at)

    def _is_busy(self, now: Moment) -> bool:
        return any(now.monotonic < flight.given_up_at for flight in self.flights.values())


def _held(vended: Vended) -> Held | None:
    lifetime = vended.lifetime_seconds
    if lifetime is None:
        return None
    lead = max(lifetime * 0.1, 60) if lifetime >= 300 else lifetime * 0.1
    refresh_at = vended.asked_at + (lifetime - lead)
    return Held(vended.token, refresh_at.monotonic, refresh_at.wall, vended.asked_at + lifetime)
