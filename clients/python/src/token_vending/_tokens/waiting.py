"""How a thread and how a task wait for a token."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading

from token_vending._tokens.flight import Waiter
from token_vending.errors import VendingError
from token_vending.token import Token


def wait(place: Token | Waiter | None, seconds: float) -> Token | None:
    """Raises VendingError."""
    if place is None or isinstance(place, Token):
        return place
    try:
        return place.result(min(seconds, threading.TIMEOUT_MAX))
    except concurrent.futures.TimeoutError:
        pass
    raise _timeout(seconds)


async def wait_async(place: Token | Waiter | None, seconds: float) -> Token | None:
    """Raises VendingError. A task that is cancelled leaves the others waiting."""
    if place is None or isinstance(place, Token):
        return place
    waiting = asyncio.wrap_future(place)
    try:
        await asyncio.wait({waiting}, timeout=seconds)
        if waiting.done():
            return waiting.result()
    finally:
        # An event loop that is closed before the token is there must not be told of it.
        if not waiting.cancel() and not waiting.cancelled():
            waiting.exception()
    raise _timeout(seconds)


def _timeout(seconds: float) -> VendingError:
    return VendingError("timeout", f"No token within {seconds:g} seconds")
