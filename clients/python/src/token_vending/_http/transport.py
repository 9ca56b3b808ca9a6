"""One request, one answer."""

from __future__ import annotations

# urllib3 needs it with the first request, from a thread: a fork meanwhile would leave its import locked for ever.
import encodings.idna  # noqa: F401
import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field

import urllib3
from botocore.httpsession import ProxyConfiguration, get_cert_path
from botocore.utils import get_environ_proxies
from urllib3.util.ssl_ import create_urllib3_context

from token_vending._http.endpoint import Endpoint
from token_vending.clock import Clock
from token_vending.errors import VendingError
from token_vending.fork import forget_in_child, openssl_lock

#: API Gateway gives an answer within 29 seconds, or one that says that it has none.
ATTEMPT_SECONDS = 30.0
_TIMEOUT = urllib3.Timeout(connect=5, read=ATTEMPT_SECONDS)

#: As much as the service takes from a provider.
_MAX_BODY_BYTES = 64 * 1024


@dataclass(frozen=True)
class Answer:
    status: int
    #: Names in lower case.
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


class Transport:
    """Opens a connection for each request, for a caller needs one an hour: there are none to share, or to go stale.

    Trusts the certificates that botocore does, or those in `AWS_CA_BUNDLE`; uses the environment's proxies.
    """

    def __init__(self, endpoint: Endpoint, clock: Clock) -> None:
        self._endpoint = endpoint
        self._clock = clock
        self.forget_process()
        forget_in_child(self)

    def forget_process(self) -> None:
        self._ssl_context: ssl.SSLContext | None = None

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer | VendingError:
        """Follows no redirect."""
        try:
            with self._open(url) as http:
                response = http.urlopen(
                    "POST", url, body=body, headers=headers, retries=False, redirect=False,
                    preload_content=False, decode_content=False, timeout=_TIMEOUT,
                )  # fmt: skip
                try:
                    return self._read(response)
                finally:
                    response.close()
        except (urllib3.exceptions.HTTPError, OSError) as error:
            reason = _reason(error)
        return VendingError("network_error", f"No answer from {url}: {reason}")

    def _open(self, url: str) -> urllib3.PoolManager:
        context = self._tls() if url.startswith("https:") else None
        # A proxy for loopback would see tokens in plain text, and find nobody on its own.
        proxies = ProxyConfiguration({} if self._endpoint.is_loopback else get_environ_proxies(url))
        proxy_url = proxies.proxy_url_for(url)
        if proxy_url is None:
            return urllib3.PoolManager(ssl_context=context)
        headers = proxies.proxy_headers_for(proxy_url)
        return urllib3.ProxyManager(proxy_url, proxy_headers=headers, ssl_context=context)

    def _tls(self) -> ssl.SSLContext:
        with openssl_lock:
            if self._ssl_context is None:
                bundle = os.environ.get("AWS_CA_BUNDLE") or get_cert_path(True)
                context = create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED)
                context.load_verify_locations(bundle)
                self._ssl_context = context
            return self._ssl_context

    def _read(self, response: urllib3.BaseHTTPResponse) -> Answer | VendingError:
        body = b""
        ends_at = self._clock.monotonic() + ATTEMPT_SECONDS
        while len(body) <= _MAX_BODY_BYTES and self._clock.monotonic() < ends_at:
            # Small pieces, for a read returns only when it has all that it was asked for.
            piece = response.read(1024)
            if not piece:
                break
            body += piece
        headers = {name.lower(): value for name, value in response.headers.items()}
        if len(body) > _MAX_BODY_BYTES:
            return VendingError("invalid_response", "The endpoint's answer is too long", status=response.status)
        if headers.get("content-length", str(len(body))) != str(len(body)):
            return VendingError("network_error", "The endpoint's answer was cut short")
        return Answer(response.status, headers, body)


def _reason(error: BaseException) -> str:
    """The operating system's or TLS's own words, which the libraries wrap in theirs."""
    is_tls = isinstance(error, urllib3.exceptions.SSLError)
    reason, cause = str(error) if is_tls else type(error).__name__, error
    for _ in range(10):
        if isinstance(cause, OSError) and str(cause):
            reason = str(cause)
        following = cause.__cause__ or cause.__context__
        if following is None:
            break
        cause = following
    return reason
