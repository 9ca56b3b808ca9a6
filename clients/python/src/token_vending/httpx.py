"""For httpx, in threads and in asyncio's tasks: `httpx.Client(auth=VendingAuth(client, "prove"))`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterator
from typing import Any, cast

import httpx

from token_vending._http.signer import TIMESTAMP_HEADER
from token_vending._tokens.flight import Waiter
from token_vending._tokens.waiting import wait, wait_async
from token_vending.client import DEFAULT_TIMEOUT_SECONDS, BaseClient
from token_vending.errors import VendingError
from token_vending.token import Token

#: An API's 401 is read to its end before its connection is used again, and may be a stream without one.
_MAX_DISCARDED_BYTES = 64 * 1024


class VendingAuth(httpx.Auth):
    """Sends a vended token with each request; at a 401 reports it, and sends the request once more with another.

    Takes either client, for `httpx.Client` and `httpx.AsyncClient` alike. A request raises VendingError where there is
    no token. A body that can be read only once is not sent again.
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

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        sent = self._client._keeper.mark()
        token = cast(Token, wait(self._obtain(), self._timeout))
        response = yield _authorize(request, token)
        if not _is_refused(response, token):
            return
        try:
            replacement = wait(self._replace(token, sent), self._timeout)
        except VendingError:
            return
        if replacement is not None and _can_be_sent_twice(response.request):
            response.stream = _Beginning(response.stream)
            yield _authorize(response.request, replacement)

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        sent = self._client._keeper.mark()
        token = cast(Token, await wait_async(self._obtain(), self._timeout))
        response = yield _authorize(request, token)
        if not _is_refused(response, token):
            return
        try:
            replacement = await wait_async(self._replace(token, sent), self._timeout)
        except VendingError:
            return
        if replacement is not None and _can_be_sent_twice(response.request):
            response.stream = _Beginning(response.stream)
            yield _authorize(response.request, replacement)

    def _obtain(self) -> Token | Waiter:
        return self._client._obtain(self._provider, self._scope, None, self._timeout)

    def _replace(self, token: Token, sent: int) -> Token | Waiter | None:
        return self._client._replace(self._provider, token, self._scope, self._timeout, sent)


class SigningAuth(httpx.Auth):
    """For SDKs and OAuth clients that fetch tokens themselves, from `{endpoint}/tokens/{provider}`.

    Signs what goes to the vending endpoint, and nothing else. When an API answers 401 to a token that came from there,
    the next request for a token carries a report. Raises VendingError where the vending endpoint redirects, or there
    are no credentials.
    """

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if not self._client._endpoint.covers(str(request.url)):
            self._saw_api((yield request))
            return
        request.read()
        request = self._add_report(request)
        for _ in range(2):
            self._sign(request)
            response = yield request
            if not self._learn_clock(request, response):
                break
        response.read()
        self._saw_vend(request, response)

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        if not self._client._endpoint.covers(str(request.url)):
            self._saw_api((yield request))
            return
        await request.aread()
        request = self._add_report(request)
        for _ in range(2):
            # It may have to wait for credentials.
            await asyncio.get_running_loop().run_in_executor(None, self._sign, request)
            response = yield request
            if not self._learn_clock(request, response):
                break
        await response.aread()
        self._saw_vend(request, response)

    def _add_report(self, request: httpx.Request) -> httpx.Request:
        content_type = request.headers.get("content-type")
        body = self._client._watch.add_report(str(request.url), content_type, request.content)
        if body == request.content:
            return request
        headers = request.headers.copy()
        headers.pop("content-length", None)
        headers.setdefault("content-type", "application/x-www-form-urlencoded")
        return httpx.Request(request.method, request.url, headers=headers, content=body, extensions=request.extensions)

    def _sign(self, request: httpx.Request) -> None:
        signer, url = self._client._signer, str(request.url)
        request.headers.update(signer.sign(request.method, url, request.headers, request.content))

    def _learn_clock(self, request: httpx.Request, response: httpx.Response) -> bool:
        signed_at, date = request.headers.get(TIMESTAMP_HEADER), response.headers.get("date")
        return response.status_code == 403 and self._client._signer.learn_clock(signed_at, date)

    def _saw_vend(self, request: httpx.Request, response: httpx.Response) -> None:
        if response.request is not request:
            raise VendingError("invalid_response", "The vending endpoint redirects", status=response.status_code)
        self._client._watch.saw_vend(str(request.url), request.content, response.status_code, response.content)

    def _saw_api(self, response: httpx.Response) -> None:
        self._client._watch.saw_api(response.request.headers.get("authorization"), response.status_code)


def _authorize(request: httpx.Request, token: Token) -> httpx.Request:
    request.headers["Authorization"] = f"Bearer {token.access_token}"
    return request


def _is_refused(response: httpx.Response, token: Token) -> bool:
    """Whether it is the token that was refused: after a redirect to another host none was sent."""
    sent = response.request.headers.get("Authorization")
    return response.status_code == 401 and sent == f"Bearer {token.access_token}"


def _can_be_sent_twice(request: httpx.Request) -> bool:
    if isinstance(request.stream, httpx.ByteStream):
        return True
    # A multipart form: httpx has no public type for it, and rewinds its files.
    fields = getattr(request.stream, "fields", None)
    return fields is not None and all(_can_be_read_twice(getattr(field, "file", b"")) for field in fields)


def _can_be_read_twice(file: Any) -> bool:
    return isinstance(file, (str, bytes)) or (hasattr(file, "seekable") and file.seekable())


class _Beginning(httpx.SyncByteStream, httpx.AsyncByteStream):
    """As much of a body as is worth reading."""

    def __init__(self, stream: httpx.SyncByteStream | httpx.AsyncByteStream) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        read = 0
        for chunk in cast(httpx.SyncByteStream, self._stream):
            yield chunk
            read += len(chunk)
            if read > _MAX_DISCARDED_BYTES:
                break

    async def __aiter__(self) -> AsyncIterator[bytes]:
        read = 0
        async for chunk in cast(httpx.AsyncByteStream, self._stream):
            yield chunk
            read += len(chunk)
            if read > _MAX_DISCARDED_BYTES:
                break

    def close(self) -> None:
        cast(httpx.SyncByteStream, self._stream).close()

    async def aclose(self) -> None:
        await cast(httpx.AsyncByteStream, self._stream).aclose()
