"""SigV4 with the caller's AWS credentials, by a clock that the service may correct."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Protocol

import botocore.session
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import BotoCoreError

from token_vending.clock import Clock
from token_vending.errors import VendingError
from token_vending.fork import forget_in_child, openssl_lock

TIMESTAMP_HEADER = "X-Amz-Date"
_TIMESTAMP_FORMAT = "%Y%m%dT%H%M%SZ"

# AWS refuses signatures that are 5 minutes off.
_MAX_SKEW_SECONDS = 240

# A server that tells another one has no clock worth following.
_YEARS = range(2020, 2200)

# What the service looks at. A proxy or a tracer on the way may alter others.
_SIGNED_HEADERS = ("host", "content-type")


class Credentials(Protocol):
    """`botocore.credentials.Credentials`, or whatever `boto3.Session().get_credentials()` returns."""

    def get_frozen_credentials(self) -> ReadOnlyCredentials: ...


class Signer:
    """Safe to use from several threads."""

    def __init__(self, region: str, credentials: Credentials | None, clock: Clock) -> None:
        self._region = region
        self._given = credentials
        self._clock = clock
        self._offset_seconds = 0.0
        self.forget_process()
        forget_in_child(self)

    def forget_process(self) -> None:
        self._lock = threading.Lock()
        self._found: Credentials | None = None

    def sign(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, str]:
        """Returns the headers to add. May wait for credentials.

        Raises VendingError `no_credentials`.
        """
        auth = SigV4Auth(self._read_credentials(), "execute-api", self._region)
        timestamp = datetime.fromtimestamp(self._now(), timezone.utc).strftime(_TIMESTAMP_FORMAT)
        added = {TIMESTAMP_HEADER: timestamp}
        if auth.credentials.token:
            added["X-Amz-Security-Token"] = auth.credentials.token
        signed = {name: value for name, value in headers.items() if name.lower() in _SIGNED_HEADERS}
        request = AWSRequest(method=method, url=url, headers={**signed, **added}, data=body)
        added["Authorization"] = _authorization(auth, request, timestamp)
        return added

    def learn_clock(self, signed_at: str | None, date: str | None) -> bool:
        """Judges a refusal by the service's `date` and the request's `x-amz-date`.

        Returns whether our clock was to blame; if so it is corrected, and signing once more is worth a try.
        """
        try:
            service_date = parsedate_to_datetime(date or "")
            service = service_date.timestamp()
            signed = datetime.strptime(signed_at or "", _TIMESTAMP_FORMAT).replace(tzinfo=timezone.utc).timestamp()
        except (TypeError, ValueError, OverflowError):
            return False
        if abs(service - signed) <= _MAX_SKEW_SECONDS or service_date.year not in _YEARS:
            return False
        skew = service - self._clock.wall()
        # Where the clock is right by now it was wrong, or this process was frozen, only when the request was signed.
        self._offset_seconds = skew if abs(skew) > _MAX_SKEW_SECONDS else 0.0
        return True

    def _now(self) -> float:
        return self._clock.wall() + self._offset_seconds

    def _read_credentials(self) -> ReadOnlyCredentials:
        try:
            with self._lock:
                if self._found is None:
                    self._found = self._given or _find_credentials()
                found = self._found
            if found is not None:
                return found.get_frozen_credentials()
            reason = "Unable to locate AWS credentials"
        except BotoCoreError as error:
            reason = str(error)
        raise VendingError("no_credentials", reason)


def _find_credentials() -> Credentials | None:
    with openssl_lock:
        chain = botocore.session.Session().get_component("credential_provider")
    found: Credentials | None = chain.load_credentials()
    return found


def _authorization(auth: SigV4Auth, request: AWSRequest, timestamp: str) -> str:
    # `auth.add_auth` would take the time from the wall clock, and write the session token into botocore's debug log.
    request.context["timestamp"] = timestamp
    signature = auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)
    signed_headers = auth.signed_headers(auth.headers_to_sign(request))
    return f"AWS4-HMAC-SHA256 Credential={auth.scope(request)}, SignedHeaders={signed_headers}, Signature={signature}"
