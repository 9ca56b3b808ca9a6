"""The clients, for threads and for tasks."""

from __future__ import annotations

from typing import cast

from token_vending._http.endpoint import parse_endpoint
from token_vending._http.signer import Credentials, Signer
from token_vending._http.transport import Transport
from token_vending._http.vend import Ask, Vend
from token_vending._http.watch import Watch
from token_vending._tokens.flight import Waiter
from token_vending._tokens.keeper import TokenKeeper
from token_vending._tokens.waiting import wait, wait_async
from token_vending.clock import Clock
from token_vending.token import Token

DEFAULT_TIMEOUT_SECONDS = 30.0


class BaseClient:
    """What both kinds of client share: the tokens held, how requests are signed, and nothing that must be closed."""

    def __init__(
        self,
        endpoint: str | None = None,
        region: str | None = None,
        *,
        credentials: Credentials | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Performs no network I/O.

        `endpoint` includes the stage, as the stack's output does; default: `TOKEN_VENDING_ENDPOINT`. `region` defaults
        to the one in the endpoint's host name, then to `AWS_REGION`; `credentials` to botocore's chain. `clock` is for
        tests.

        Raises ValueError where there is no usable endpoint or no region.
        """
        self._clock = clock or Clock()
        self._endpoint = parse_endpoint(endpoint, region)
        self._signer = Signer(self._endpoint.region, credentials, self._clock)
        self._watch = Watch()
        self._transport = Transport(self._endpoint, self._clock)
        vend = Vend(self._endpoint, self._signer, self._transport, self._clock)
        self._keeper = TokenKeeper(vend, self._clock)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._endpoint.url!r}, {self._endpoint.region!r})"

    def token_url(self, provider: str) -> str:
        """Where an SDK with `SigningAuth` gets its tokens."""
        return self._endpoint.token_url(provider)

    def _obtain(self, provider: str, scope: str | None, min_ttl: int | None, timeout: float) -> Token | Waiter:
        self._endpoint.token_url(provider)  # raises ValueError where this is no name
        ask = Ask(provider, _normalize_scope(scope), min_ttl)
        return self._keeper.obtain(ask, self._clock.monotonic() + timeout)

    def _replace(
        self, provider: str, refused: Token, scope: str | None, timeout: float, sent: int | None = None
    ) -> Token | Waiter | None:
        key = provider, _normalize_scope(scope)
        sent = self._keeper.mark() if sent is None else sent
        return self._keeper.replace(key, refused, sent, self._clock.monotonic() + timeout)


class VendingClient(BaseClient):
    """Vends tokens to threads. Make one and share it. A forked child may go on using its parent's."""

    def get_token(
        self,
        provider: str,
        scope: str | None = None,
        min_ttl: int | None = None,
        *,
        timeout: float = DEFAULT_TIMEOUT_SECONDS,
    ) -> Token:
        """Returns the token held, or waits for one, together with everybody who asks for the same.

        `scope` has spaces between scopes. `min_ttl` is how many seconds of life are wanted at least; where no token has
        as many, the longest-lived is returned. `timeout` is in seconds.

        Raises VendingError.
        """
        token = self._keeper.young(provider, scope, min_ttl)
        if token is not None:
            return token
        return cast(Token, wait(self._obtain(provider, scope, min_ttl, timeout), timeout))

    def replace_token(
        self,
        provider: str,
        refused: Token,
        scope: str | None = None,
        *,
        timeout: float = DEFAULT_TIMEOUT_SECONDS,
    ) -> Token | None:
        """Reports a token to which the provider's API answered 401. `VendingAuth` does so by itself.

        Returns another token, with which the request may be sent once more, or None where the service keeps this one.

        Raises VendingError.
        """
        return wait(self._replace(provider, refused, scope, timeout), timeout)


class AsyncVendingClient(BaseClient):
    """Vends tokens to asyncio's tasks. Belongs to no event loop: it may outlive one, and serve several."""

    async def get_token(
        self,
        provider: str,
        scope: str | None = None,
        min_ttl: int | None = None,
        *,
        timeout: float = DEFAULT_TIMEOUT_SECONDS,
    ) -> Token:
        """As `VendingClient.get_token`. A task that is cancelled disturbs nobody else who waits for the token."""
        token = self._keeper.young(provider, scope, min_ttl)
        if token is not None:
            return token
        return cast(Token, await wait_async(self._obtain(provider, scope, min_ttl, timeout), timeout))

    async def replace_token(
        self,
        provider: str,
        refused: Token,
        scope: str | None = None,
        *,
        timeout: float = DEFAULT_TIMEOUT_SECONDS,
    ) -> Token | None:
        """As `VendingClient.replace_token`."""
        return await wait_async(self._replace(provider, refused, scope, timeout), timeout)


def _normalize_scope(scope: str | None) -> str | None:
    return " ".join(sorted({name for name in (scope or "").split(" ") if name})) or None
