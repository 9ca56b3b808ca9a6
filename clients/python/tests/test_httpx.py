from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.support.server import Api, VendingService
from token_vending import AsyncVendingClient, VendingClient
from token_vending.httpx import VendingAuth


@pytest.fixture
def http(client: VendingClient) -> Iterator[httpx.Client]:
    with httpx.Client(auth=VendingAuth(client, "prove"), trust_env=False) as http:
        yield http


class Pipe(io.BytesIO):
    def seekable(self) -> bool:
        return False

    def seek(self, *_: Any) -> int:
        raise io.UnsupportedOperation


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"content": b"hello"}, 200),
        ({"content": "hello"}, 200),
        ({"json": {"a": 1}}, 200),
        ({"data": {"a": "1"}}, 200),
        ({}, 200),
        ({"files": {"file": b"hello"}}, 200),
        ({"files": {"file": io.BytesIO(b"hello")}, "data": {"a": "1"}}, 200),
        ({"files": {"file": Pipe(b"hello")}}, 401),
        ({"content": io.BytesIO(b"hello")}, 401),
        ({"content": iter([b"hello"])}, 401),
    ],
)
def test_sends_again_what_can_be_read_again(http: httpx.Client, api: Api, body: dict[str, Any], status: int) -> None:
    api.good = "token-2"
    assert http.post(api.origin, **body).status_code == status
    assert len({request.body for request in api.requests}) == 1
    assert len(api.requests) == (2 if status == 200 else 1)


def test_streams(http: httpx.Client, api: Api) -> None:
    api.good = "token-2"
    with http.stream("POST", api.origin, content=b"hello") as response:
        assert response.read() == b"hello"


def test_a_refused_stream_is_still_unread(http: httpx.Client, service: VendingService, api: Api) -> None:
    api.good = "none"
    service.will_vend()
    service.will_vend(rejection="kept", access_token="token-1")
    with http.stream("GET", api.origin) as response:
        assert response.status_code == 401
        assert response.history == []
        response.read()
        assert response.json() == {"message": "No"}


def test_many_tasks_share_one_report(service: VendingService, async_client: AsyncVendingClient, api: Api) -> None:
    async def send_all() -> list[int]:
        async with httpx.AsyncClient(auth=VendingAuth(async_client, "prove"), trust_env=False) as http:
            answers = await asyncio.gather(*(http.get(api.origin) for _ in range(50)))
        return [answer.status_code for answer in answers]

    api.good = "token-2"
    assert asyncio.run(send_all()) == [200] * 50
    assert len(service.requests) == 2


def test_a_cancelled_request_leaves_the_report_to_others(
    service: VendingService, async_client: AsyncVendingClient, api: Api
) -> None:
    async def cancel_one() -> list[Any]:
        async with httpx.AsyncClient(auth=VendingAuth(async_client, "prove"), trust_env=False) as http:
            await async_client.get_token("prove")
            service.hold()
            tasks = [asyncio.ensure_future(http.get(api.origin)) for _ in range(2)]
            await asyncio.get_running_loop().run_in_executor(None, service.wait_for_requests, 2)
            tasks[0].cancel()
            service.release()
            return await asyncio.gather(*tasks, return_exceptions=True)

    api.good = "token-2"
    first, second = asyncio.run(cancel_one())
    assert isinstance(first, asyncio.CancelledError)
    assert second.status_code == 200
    assert len(service.requests) == 2
