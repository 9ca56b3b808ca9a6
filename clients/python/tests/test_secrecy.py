"""A token stands in nothing that a program prints, logs or raises by accident."""

from __future__ import annotations

import asyncio
import logging
import pprint
import traceback
from typing import Any

import httpx
import pytest
import requests

import token_vending.httpx
import token_vending.requests
from tests.conftest import settle
from tests.support.fake_clock import FakeClock
from tests.support.server import Api, Reply, VendingService
from token_vending import AsyncVendingClient, VendingClient, VendingError
from token_vending.token import fingerprint

SECRET = "eyJ-a-token-that-nobody-may-see"


def seen_in(*things: Any) -> str:
    """What a debugger, a log line, or an error tracker with local variables shows of them."""
    return "".join(f"{thing} {thing!r} {pprint.pformat(_inside(thing))}" for thing in things)


def _inside(thing: Any, depth: int = 0) -> Any:
    if depth < 5 and type(thing).__module__.startswith("token_vending") and hasattr(thing, "__dict__"):
        own = {name: value for name, value in vars(thing).items() if name != "access_token"}
        return {name: _inside(value, depth + 1) for name, value in own.items()}
    return repr(thing)


@pytest.fixture
def secret_service(service: VendingService) -> VendingService:
    service.default = lambda _: service.token(access_token=SECRET)
    return service


@pytest.mark.usefixtures("secret_service")
def test_of_a_client_and_its_tokens(client: VendingClient, api: Api) -> None:
    token = client.get_token("prove")
    auths = [module.VendingAuth(client, "prove") for module in (token_vending.httpx, token_vending.requests)]
    requests.get(api.origin, auth=token_vending.requests.VendingAuth(client, "prove"), timeout=20)
    signing = token_vending.requests.SigningAuth(client)
    requests.post(f"{client._endpoint.url}/tokens/prove", auth=signing, timeout=20)
    waiter: Any = client._replace("prove", token, None, 30)
    settle()
    shown = seen_in(token, client, *auths, signing, waiter, client._keeper, client._watch, client._keeper._entries)
    assert SECRET not in shown
    assert "an-aws-secret" not in shown
    sha256 = fingerprint(SECRET)
    assert str(token) == f"Token({sha256=}, token_type='Bearer', expires_at={token.expires_at!r}, scope=None)"


@pytest.mark.usefixtures("secret_service")
def test_of_a_task(async_client: AsyncVendingClient) -> None:
    async def get() -> str:
        task = asyncio.ensure_future(async_client.get_token("prove"))
        await task
        return seen_in(task)

    assert SECRET not in asyncio.run(get(), debug=True)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, {"access_token": SECRET, "expires_in": -1}),
        Reply(200, {"access_token": SECRET + "\n"}),
        Reply(200, f'{{"access_token": "{SECRET}"'),
        Reply(500, {"access_token": SECRET}),
        Reply(200, {"access_token": SECRET, "token_type": "mac"}),
        Reply(raw=f'HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{{"access_token": "{SECRET}"'.encode()),
    ],
)
def test_of_an_error_with_all_the_variables_of_its_traceback(
    service: VendingService, client: VendingClient, reply: Reply
) -> None:
    service.default = reply
    with pytest.raises(VendingError) as caught:
        client.get_token("prove")
    assert caught.tb.tb_next is not None
    # All but this function, which knows the secret.
    error = caught.value.with_traceback(caught.tb.tb_next)
    summary = traceback.TracebackException.from_exception(error, capture_locals=True)
    assert "get_token" in "".join(summary.format())
    assert SECRET not in "".join(summary.format()) + seen_in(caught.value)


@pytest.mark.usefixtures("secret_service")
def test_of_the_log(client: VendingClient, time: FakeClock, api: Api, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        auth = token_vending.httpx.VendingAuth(client, "prove")
        httpx.get(api.origin, auth=auth, trust_env=False)
        api.good = "none"
        requests.get(api.origin, auth=token_vending.requests.VendingAuth(client, "prove"), timeout=20)
        time.advance(3300)
        client.get_token("prove")
        settle()
    ours = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("http"))
    assert SECRET not in ours
    assert "an-aws-secret" not in ours
    assert "an-aws-session-token" not in ours


def test_the_log_says_why_a_refresh_failed(
    service: VendingService, client: VendingClient, time: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    client.get_token("prove")
    time.advance(3300)
    service.will_fail(404, "unknown_provider")
    with caplog.at_level(logging.INFO, logger="token_vending"):
        client.get_token("prove")
        settle()
    assert [record.getMessage() for record in caplog.records] == [
        "no token for prove: 404 unknown_provider: About unknown_provider."
    ]
