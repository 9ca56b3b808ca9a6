"""For requests: `session.auth = VendingAuth(client, "prove")`."""

from __future__ import annotations

import functools
from typing import Any, Callable, cast

import requests
from requests.auth import AuthBase
from requests.utils import rewind_body

from token_vending._http.signer import TIMESTAMP_HEADER
from token_vending._tokens.waiting import wait
from token_vending.client import DEFAULT_TIMEOUT_SECONDS, BaseClient
from token_vending.errors import VendingError
from token_vending.token import Token

#: An API's 401 may be a stream without an end. A longer one costs its connection.
_MAX_DISCARDED_BYTES = 64 * 1024


class VendingAuth(AuthBase):
    """Sends a vended token with each request; at a 401 reports it, and sends the request once more with another.

    Safe to share between threads and sessions. A request raises VendingError where there is no token. A body that can
    be read only once is not sent again.
    """

    def __init__(
        self,
        client: BaseClient,
        provider: str,
        scope: str | None = None,
        *,
        timeout: float = DEFAULT_TIMEOUT_SECONDS,
    ) -> None:
        self._client = client
        self._provider = provider
        self._scope = scope
        self._timeout = timeout

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        sent = self._client._keeper.mark()
        place = self._client._obtain(self._provider, self._scope, None, self._timeout)
        token = cast(Token, wait(place, self._timeout))
        request.headers["Authorization"] = f"Bearer {token.access_token}"
        _on_answer(request, functools.partial(self._answered, token, sent))
        return request

    def _answered(self, token: Token, sent: int, response: requests.Response, **options: Any) -> requests.Response:
        # requests calls it for each answer on a chain of redirects. To another host it sends no token.
        carried = response.request.headers.get("Authorization")
        if response.status_code != 401 or carried != f"Bearer {token.access_token}":
            return response
        try:
            place = self._client._replace(self._provider, token, self._scope, self._timeout, sent)
            replacement = wait(place, self._timeout)
        except VendingError:
            return response
        if replacement is None or not _rewind(response.request):
            return response
        response.request.headers["Authorization"] = f"Bearer {replacement.access_token}"
        return _send_again(response, options)


class SigningAuth(AuthBase):
    """For SDKs and OAuth clients that fetch tokens themselves, from `{endpoint}/tokens/{provider}`.

    Signs what goes to the vending endpoint, and nothing else. When an API answers 401 to a token that came from there,
    the next request for a token carries a report. Raises VendingError where the vending endpoint redirects, or there
    are no credentials.
    """

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        url = cast(str, request.url)
        if not self._client._endpoint.covers(url):
            _on_answer(request, self._api_answered)
            return request
        body = _read_body(request)
        request.body = self._client._watch.add_report(url, request.headers.get("Content-Type"), body)
        if request.body != body:
            request.headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
        request.headers.pop("Transfer-Encoding", None)
        self._sign(request)
        _on_answer(request, self._vend_answered)
        return request

    def _sign(self, request: requests.PreparedRequest) -> None:
        method, url, body = cast(str, request.method), cast(str, request.url), cast(bytes, request.body)
        request.headers.update(self._client._signer.sign(method, url, request.headers, body))

    def _vend_answered(self, response: requests.Response, **options: Any) -> requests.Response:
        if response.is_redirect:
            raise VendingError("invalid_response", "The vending endpoint redirects", status=response.status_code)
        request = response.request
        signed_at, date = request.headers.get(TIMESTAMP_HEADER), response.headers.get("date")
        if response.status_code == 403 and self._client._signer.learn_clock(signed_at, date):
            self._sign(request)
            response = _send_again(response, options)
        body = cast(bytes, request.body)
        self._client._watch.saw_vend(cast(str, request.url), body, response.status_code, response.content)
        return response

    def _api_answered(self, response: requests.Response, **_options: Any) -> None:
        self._client._watch.saw_api(response.request.headers.get("Authorization"), response.status_code)


def _on_answer(request: requests.PreparedRequest, hook: Callable[..., Any]) -> None:
    untyped: Any = request
    untyped.register_hook("response", hook)


def _rewind(request: requests.PreparedRequest) -> bool:
    """Whether the body can be sent once more, from where it began."""
    if request.body is None or isinstance(request.body, (str, bytes)):
        return True
    try:
        rewind_body(request)
    except requests.exceptions.UnrewindableBodyError:
        return False
    return True


def _send_again(response: requests.Response, options: dict[str, Any]) -> requests.Response:
    """As requests' own digest authentication does."""
    length = response.headers.get("Content-Length", "")
    if length.isdigit() and int(length) <= _MAX_DISCARDED_BYTES:
        _ = response.content
    response.close()
    connection: Any = response.connection
    answer: requests.Response = connection.send(response.request, **options)
    answer.history.append(response)
    return answer


def _read_body(request: requests.PreparedRequest) -> bytes:
    body: Any = request.body
    if body is None or isinstance(body, (str, bytes)):
        return body.encode() if isinstance(body, str) else body or b""
    read: bytes = body.read() if hasattr(body, "read") else b"".join(body)
    return read
