"""One vend: signed, sent, judged, and tried again where that may help."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Callable, Protocol, Union
from urllib.parse import urlencode

from token_vending._http.answer import Vended, judge
from token_vending._http.endpoint import Endpoint
from token_vending._http.signer import TIMESTAMP_HEADER, Signer
from token_vending._http.transport import Answer, Transport
from token_vending.clock import Clock
from token_vending.errors import VendingError

_USER_AGENT = "token-vending-client-python/0.1.0"
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Ask:
    """What is asked of the service."""

    provider: str
    #: Sorted, with one space between scopes; None for the provider's default.
    scope: str | None
    min_ttl: int | None = None
    #: Fingerprint of a token that the provider's API refused.
    rejected: str | None = None

    def form(self) -> bytes:
        fields = {"scope": self.scope, "min_ttl": self.min_ttl, "rejected_token_sha256": self.rejected}
        given = {name: value for name, value in fields.items() if value is not None}
        return urlencode({"grant_type": "client_credentials", **given}).encode()


class Patience(Protocol):
    """What those who wait for a vend have left."""

    def starts_attempt(self) -> None: ...

    def allows(self, seconds: float, error: VendingError) -> bool:
        """Whether somebody waits as long. Those who cannot get the error."""


class Vend:
    """Sends vends; safe to use from several threads."""

    def __init__(self, endpoint: Endpoint, signer: Signer, transport: Transport, clock: Clock) -> None:
        self._endpoint = endpoint
        self._signer = signer
        self._transport = transport
        self._clock = clock

    def __call__(self, ask: Ask, patience: Patience) -> Vended | VendingError:
        """Sends at most three requests, each at most twice where this machine's clock is wrong."""
        may_wait = may_repeat = True
        while True:
            patience.starts_attempt()
            outcome = self._attempt(ask)
            if isinstance(outcome, Vended):
                return outcome
            retry_after = _retry_after(outcome)
            if retry_after is not None and may_wait and patience.allows(retry_after, outcome):
                may_wait = False
                self._clock.sleep(retry_after)
            elif retry_after is None and may_repeat and _may_pass(outcome):
                may_repeat = False
                self._clock.sleep(random.uniform(0.1, 0.3))  # noqa: S311
            else:
                return outcome

    def _attempt(self, ask: Ask) -> Vended | VendingError:
        asked_at = self._clock.now()
        try:
            answer = self._send(self._endpoint.token_url(ask.provider), ask.form())
        except VendingError as error:
            return error
        return answer if isinstance(answer, VendingError) else judge(answer, asked_at)

    def _send(self, url: str, form: bytes) -> Answer | VendingError:
        answer, signed_at = self._sign_and_send(url, form)
        if isinstance(answer, VendingError) or answer.status != 403:
            return answer
        if self._signer.learn_clock(signed_at, answer.headers.get("date")):
            answer, _ = self._sign_and_send(url, form)
        return answer

    def _sign_and_send(self, url: str, form: bytes) -> tuple[Answer | VendingError, str]:
        headers = {"Content-Type": _FORM, "User-Agent": _USER_AGENT, "Accept": "application/json"}
        headers.update(self._signer.sign("POST", url, headers, form))
        return self._transport.post(url, headers, form), headers[TIMESTAMP_HEADER]


def _retry_after(error: VendingError) -> int | None:
    return error.retry_after_seconds if error.status in (429, 503) else None


def _may_pass(error: VendingError) -> bool:
    if error.error == "provider_rejected_credentials":
        return False
    return error.error == "network_error" or (error.status is not None and error.status >= 500)


VendFunction = Callable[[Ask, Patience], Union[Vended, VendingError]]
