"""One request, one answer."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.exceptions import BotoCoreError
from botocore.httpsession import URLLib3Session
from botocore.utils import get_environ_proxies
from urllib3.exceptions import HTTPError

from token_vending.clock import Clock
from token_vending.errors import VendingError

#: API Gateway gives an answer within 29 seconds, or one that says that it has none.
ATTEMPT_SECONDS = 30.0
_CONNECT_SECONDS = 5.0

#: As much as the service takes from a provider.
_MAX_BODY_BYTES = 64 * 1024


@dataclass(frozen=True)
class Answer:
    status: int
    #: Names in lower case.
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


def send(url: str, headers: Mapping[str, str], body: bytes, clock: Clock, proxied: bool) -> Answer | VendingError:
    """POSTs on a connection of its own, which nobody shares, after a fork least of all; a caller needs one an hour.

    Follows no redirect.
    """
    request = AWSRequest(method="POST", url=url, headers=headers, data=body, stream_output=True).prepare()
    # The types that botocore-stubs gives to these are too narrow.
    options: dict[str, Any] = {
        "verify": os.environ.get("AWS_CA_BUNDLE") or True,
        "timeout": (_CONNECT_SECONDS, ATTEMPT_SECONDS),
    }
    session = URLLib3Session(proxies=get_environ_proxies(url) if proxied else {}, **options)
    try:
        return _read(session.send(request), clock)
    except (BotoCoreError, HTTPError, OSError) as error:
        reason = _reason(error)
    finally:
        session.close()
    return VendingError("connection_failed", f"No answer from {url}: {reason}")


def _read(response: AWSResponse, clock: Clock) -> Answer | VendingError:
    headers = {name.lower(): value for name, value in response.headers.items()}
    body = b""
    ends_at = clock.monotonic() + ATTEMPT_SECONDS
    try:
        while len(body) <= _MAX_BODY_BYTES and clock.monotonic() < ends_at:
            # Small pieces, for a read returns only when it has all that it was asked for.
            piece: bytes = response.raw.read(1024)
            if not piece:
                break
            body += piece
    finally:
        response.raw.close()
    if len(body) > _MAX_BODY_BYTES:
        return VendingError("unexpected_answer", "The endpoint's answer is too long", status=response.status_code)
    if headers.get("content-length", str(len(body))) != str(len(body)):
        return VendingError("connection_failed", "The endpoint's answer was cut short")
    return Answer(response.status_code, headers, body)


def _reason(error: BaseException) -> str:
    """The operating system's or TLS's own words, which the libraries wrap in theirs."""
    cause: BaseException | None = error
    reason = type(error).__name__
    for _ in range(10):
        if cause is None:
            break
        if isinstance(cause, OSError) and str(cause):
            reason = str(cause)
        cause = cause.__cause__ or cause.__context__
    return reason
