"""Hands out the tokens held, and has others fetched: one request for all who wait."""

from __future__ import annotations

import functools
import itertools
import logging
import threading
from typing import Optional

from token_vending._http.answer import Vended
from token_vending._http.vend import Ask, VendFunction
from token_vending._tokens.entry import Entry
from token_vending._tokens.flight import Flight, Waiter
from token_vending._tokens.workers import workers
from token_vending.clock import Clock
from token_vending.errors import VendingError
from token_vending.fork import forget_in_child
from token_vending.token import Token, fingerprint

_log = logging.getLogger("token_vending")
_MAX_ENTRIES = 1000

Key = tuple[str, Optional[str]]


class TokenKeeper:
    """Safe to use from several threads. A forked child keeps the tokens."""

    def __init__(self, vend: VendFunction, clock: Clock) -> None:
        self._vend = vend
        self._clock = clock
        # Looked up at every call for a token.
        self._monotonic = clock.monotonic
        self._wall = clock.wall
        self._entries: dict[Key, Entry] = {}
        self._marks = itertools.count()
        self.forget_process()
        forget_in_child(self)

    def forget_process(self) -> None:
        self._lock = threading.Lock()
        for entry in self._entries.values():
            entry.flights = {}

    def mark(self) -> int:
        """A point in the order of events, to tell requests sent before a report has landed from later ones."""
        return next(self._marks)

    def young(self, provider: str, scope: str | None, min_ttl: int | None) -> Token | None:
        """What nearly every call wants: the token held, not due for a refresh, and scopes in order. Takes no lock."""
        entry = self._entries.get((provider, scope))
        if entry is None or min_ttl is not None:
            return None
        held = entry.held
        if held is None or self._monotonic() >= held.refresh_monotonic or self._wall() >= held.refresh_wall:
            return None
        return held.token

    def obtain(self, ask: Ask, deadline: float) -> Token | Waiter:
        """The token held, with a refresh in the background where one is due, or a place among those who wait."""
        now = self._clock.now()
        with self._lock:
            entry = self._entry((ask.provider, ask.scope))
            token = entry.serves(ask, now)
            if token is None:
                flight, is_new = self._board(entry, ask, now.monotonic)
                place: Token | Waiter = flight.join(now.monotonic, deadline)
            elif entry.refresh_is_due(now):
                flight, is_new = self._board(entry, Ask(ask.provider, ask.scope), now.monotonic)
                place = token
            else:
                return token
        if is_new:
            self._start(entry, flight)
        return place

    def replace(self, key: Key, refused: Token, sent: int, deadline: float) -> Token | Waiter | None:
        """Reports a token that the provider's API refused, to a request that was marked `sent`.

        Returns another token held by now, a place among those who wait for the report's outcome, or None where the
        outcome is known and brings nothing.
        """
        now = self._clock.now()
        rejected = fingerprint(refused.access_token)
        with self._lock:
            entry = self._entry(key)
            held = entry.valid(now)
            if held is not None and held.token.access_token != refused.access_token:
                return held.token
            if entry.shares_refusal(rejected, sent, now):
                return None
            flight, is_new = self._board(entry, Ask(*key, rejected=rejected), now.monotonic)
            waiter = flight.join(now.monotonic, deadline)
        if is_new:
            self._start(entry, flight)
        return waiter

    def _entry(self, key: Key) -> Entry:
        entry = self._entries.get(key)
        if entry is None:
            if len(self._entries) >= _MAX_ENTRIES:
                del self._entries[next(iter(self._entries))]
            entry = self._entries[key] = Entry()
        return entry

    def _board(self, entry: Entry, ask: Ask, now: float) -> tuple[Flight, bool]:
        flight = entry.flight_for(ask, self._clock.now())
        if flight is not None:
            return flight, False
        flight = entry.flights[ask] = Flight(ask, now)
        return flight, True

    def _start(self, entry: Entry, flight: Flight) -> None:
        # Not the caller's own thread: its deadline, its cancellation and its Ctrl-C are nobody else's.
        workers.run(functools.partial(self._fly, entry, flight))

    def _fly(self, entry: Entry, flight: Flight) -> None:
        try:
            outcome = self._vend(flight.ask, _Patience(self, flight))
        except BaseException as error:
            # Nobody may be left waiting, whatever a credential plugin does.
            outcome = VendingError("client_failure", type(error).__name__)
            outcome.__cause__ = error
        self._land(entry, flight, outcome)

    def _land(self, entry: Entry, flight: Flight, outcome: Vended | VendingError) -> None:
        now = self._clock.now()
        with self._lock:
            if entry.flights.get(flight.ask) is flight:
                del entry.flights[flight.ask]
            result = entry.accept(flight.ask, outcome, now, self.mark())
            waiters = flight.take_waiters()
        if isinstance(outcome, VendingError):
            _log.info("no token for %s: %s", flight.ask.provider, outcome)
        for waiter in waiters:
            if isinstance(result, VendingError):
                waiter.set_exception(result.copy(result.retry_after_seconds))
            else:
                waiter.set_result(result)

    def starts_attempt(self, flight: Flight) -> None:
        with self._lock:
            flight.starts_attempt(self._clock.monotonic())

    def pauses(self, flight: Flight, seconds: float, error: VendingError) -> bool:
        with self._lock:
            return flight.pause(self._clock.monotonic() + seconds, error)


class _Patience:
    """Of all who wait for a flight."""

    def __init__(self, keeper: TokenKeeper, flight: Flight) -> None:
        self._keeper = keeper
        self._flight = flight

    def starts_attempt(self) -> None:
        self._keeper.starts_attempt(self._flight)

    def allows(self, seconds: float, error: VendingError) -> bool:
        return self._keeper.pauses(self._flight, seconds, error)
