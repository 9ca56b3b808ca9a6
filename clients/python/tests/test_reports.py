from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.conftest import settle
from tests.support.fake_clock import FakeClock
from tests.support.server import Reply, VendingService, sha256
from token_vending import AsyncVendingClient, Token, VendingClient, VendingError


@pytest.mark.parametrize("rejection", ["replaced", "unknown", None])
def test_a_refused_token_is_reported_and_replaced(
    service: VendingService, client: VendingClient, rejection: str | None
) -> None:
    refused = client.get_token("prove", scope="b a")
    service.will_vend(rejection=rejection)
    replacement = client.replace_token("prove", refused, scope="a b")
    assert replacement is not None
    assert replacement.access_token == "token-2"
    assert service.forms[1] == {
        "grant_type": "client_credentials",
        "scope": "a b",
        "rejected_token_sha256": sha256("token-1"),
    }
    assert client.get_token("prove", scope="a b") == replacement
    assert len(service.requests) == 2


def test_tasks_report_likewise(service: VendingService, async_client: AsyncVendingClient) -> None:
    async def replace() -> Any:
        refused = await async_client.get_token("prove")
        return await async_client.replace_token("prove", refused)

    assert asyncio.run(replace()).access_token == "token-2"
    assert service.forms[1]["rejected_token_sha256"] == sha256("token-1")


def test_one_report_serves_all_who_met_the_token(service: VendingService, client: VendingClient) -> None:
    refused = client.get_token("prove")
    service.hold()
    waiters: list[Any] = [client._replace("prove", refused, None, 30) for _ in range(50)]
    service.release()
    assert {waiter.result(20).access_token for waiter in waiters} == {"token-2"}
    late = client.replace_token("prove", refused)
    assert late is not None
    assert late.access_token == "token-2"
    assert len(service.requests) == 2


def test_everybody_else_has_the_old_token_meanwhile(service: VendingService, client: VendingClient) -> None:
    refused = client.get_token("prove")
    service.hold()
    waiter: Any = client._replace("prove", refused, None, 30)
    assert client.get_token("prove") is refused
    service.release()
    assert waiter.result(20) == client.get_token("prove")


@pytest.mark.parametrize("rejection", ["kept", "unknown", "replaced", None])
def test_the_same_token_again_is_none(service: VendingService, client: VendingClient, rejection: str | None) -> None:
    refused = client.get_token("prove")
    service.will_vend(rejection=rejection, access_token="token-1", expires_in=3000)
    assert client.replace_token("prove", refused) is None
    assert client.get_token("prove") is refused


def test_a_token_that_is_kept_is_reported_again_after_ten_seconds(
    service: VendingService, client: VendingClient, time: FakeClock
) -> None:
    refused = client.get_token("prove")
    service.will_vend(rejection="kept", access_token="token-1")
    assert client.replace_token("prove", refused) is None
    time.advance(9.9)
    assert client.replace_token("prove", refused) is None
    assert len(service.requests) == 2
    time.advance(0.2)
    assert client.replace_token("prove", refused) is not None
    assert len(service.requests) == 3


def test_a_report_that_fails_is_shared_by_requests_already_sent(service: VendingService, client: VendingClient) -> None:
    refused = client.get_token("prove")
    sent = client._keeper.mark()
    service.will_fail(404, "unknown_provider")
    with pytest.raises(VendingError, match="unknown_provider"):
        client.replace_token("prove", refused)
    assert client._replace("prove", refused, None, 30, sent) is None
    assert len(service.requests) == 2
    assert client.get_token("prove") is refused
    assert client.replace_token("prove", refused) is not None


def test_a_report_survives_what_passes(service: VendingService, client: VendingClient, time: FakeClock) -> None:
    refused = client.get_token("prove")
    service.will_reply(Reply(raw=b""))
    service.will_fail(503, "temporarily_unavailable", retry_after="3")
    replacement = client.replace_token("prove", refused)
    assert replacement is not None
    assert time.sleeps[1:] == [3]
    assert [form.get("rejected_token_sha256") for form in service.forms[1:]] == [sha256("token-1")] * 3


def test_a_token_without_a_lifetime_is_reported_too(service: VendingService, client: VendingClient) -> None:
    service.will_vend(expires_in=None)
    refused = client.get_token("prove")
    service.will_vend(rejection="replaced", expires_in=None)
    replacement = client.replace_token("prove", refused)
    assert replacement is not None
    assert replacement.access_token == "token-2"
    assert client.get_token("prove").access_token == "token-3"


def test_a_refresh_that_was_overtaken_does_not_bring_the_refused_token_back(
    service: VendingService, client: VendingClient, time: FakeClock
) -> None:
    refused = client.get_token("prove")
    time.advance(3300)
    service.hold()
    service.will_vend(access_token="token-1", expires_in=300)
    client.get_token("prove")
    service.wait_for_requests(2)
    waiter: Any = client._replace("prove", refused, None, 30)
    service.wait_for_requests(3)
    service.release()
    replacement = waiter.result(20)
    assert replacement.access_token != "token-1"
    settle()
    assert client.get_token("prove") == replacement


def test_a_revoked_token_every_five_minutes_fails_no_call(
    service: VendingService, client: VendingClient, time: FakeClock
) -> None:
    good = client.get_token("prove").access_token
    failed = 0
    for second in range(0, 3600, 10):
        if second % 300 == 0:
            good = f"token-{service.vended + 1}"
        for _ in range(2):
            token: Token | None = client.get_token("prove")
            assert token is not None
            if token.access_token != good:
                token = client.replace_token("prove", token)
            failed += token is None or token.access_token != good
        time.advance(10)
    assert failed == 0


def test_threads_and_reports_at_once_end_with_one_good_token(service: VendingService, client: VendingClient) -> None:
    def use(_: int) -> str:
        token: Token | None = client.get_token("prove")
        assert token is not None
        if token.access_token == "token-1":
            token = client.replace_token("prove", token)
        assert token is not None
        return token.access_token

    with ThreadPoolExecutor(50) as pool:
        assert set(pool.map(use, range(500))) == {"token-2"}
    assert len(service.requests) == 2
