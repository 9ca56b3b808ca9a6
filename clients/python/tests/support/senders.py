"""The three ways to send a request with one of our auth objects."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import httpx
import requests

import token_vending.httpx
import token_vending.requests
from token_vending.client import BaseClient


@dataclass(frozen=True)
class Received:
    status: int
    body: bytes
    #: Statuses of the answers before it.
    history: list[int]


class Sender(Protocol):
    def authorize(self, client: BaseClient, provider: str, scope: str | None = None) -> Any:
        """A VendingAuth."""

    def sign(self, client: BaseClient) -> Any:
        """A SigningAuth."""

    def send(self, auth: Any, method: str, url: str, body: bytes | None = None, **options: Any) -> Received: ...

    def one_shot(self, body: bytes) -> Any:
        """A body that can be read once only."""


class HttpxSender:
    def authorize(self, client: BaseClient, provider: str, scope: str | None = None) -> Any:
        return token_vending.httpx.VendingAuth(client, provider, scope)

    def sign(self, client: BaseClient) -> Any:
        return token_vending.httpx.SigningAuth(client)

    def send(self, auth: Any, method: str, url: str, body: Any = None, **options: Any) -> Received:
        with httpx.Client(auth=auth, follow_redirects=True, trust_env=False) as http:
            return _received(http.request(method, url, content=body, **options))

    def one_shot(self, body: bytes) -> Iterator[bytes]:
        yield body


class AsyncHttpxSender:
    def authorize(self, client: BaseClient, provider: str, scope: str | None = None) -> Any:
        return token_vending.httpx.VendingAuth(client, provider, scope)

    def sign(self, client: BaseClient) -> Any:
        return token_vending.httpx.SigningAuth(client)

    def send(self, auth: Any, method: str, url: str, body: Any = None, **options: Any) -> Received:
        async def send() -> Received:
            async with httpx.AsyncClient(auth=auth, follow_redirects=True, trust_env=False) as http:
                return _received(await http.request(method, url, content=body, **options))

        return asyncio.run(send())

    async def one_shot(self, body: bytes) -> AsyncIterator[bytes]:
        yield body


class RequestsSender:
    def authorize(self, client: BaseClient, provider: str, scope: str | None = None) -> Any:
        return token_vending.requests.VendingAuth(client, provider, scope)

    def sign(self, client: BaseClient) -> Any:
        return token_vending.requests.SigningAuth(client)

    def send(self, auth: Any, method: str, url: str, body: Any = None, **options: Any) -> Received:
        with requests.Session() as session:
            session.auth = auth
            response = session.request(method, url, data=body, **options)
            return Received(response.status_code, response.content, [r.status_code for r in response.history])

    def one_shot(self, body: bytes) -> Iterator[bytes]:
        yield body


def _received(response: httpx.Response) -> Received:
    return Received(response.status_code, response.content, [r.status_code for r in response.history])
