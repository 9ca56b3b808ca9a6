from __future__ import annotations

import asyncio
import gc
import logging
import threading
from typing import Any

import pytest

from tests.conftest import settle
from tests.support.fake_clock import FakeClock
from tests.support.server import VendingService
from token_vending import AsyncVendingClient, VendingClient, VendingError


def test_a_hundred_tasks_share_one_request(service: VendingService, async_client: AsyncVendingClient) -> None:
    async def get_all() -> list[str]:
        service.hold()
        tasks = [asyncio.ensure_future(async_client.get_token("prove")) for _ in range(100)]
        await asyncio.sleep(0)
        service.release()
        return [token.access_token for token in await asyncio.gather(*tasks)]

    assert set(asyncio.run(get_all())) == {"token-1"}
    assert len(service.requests) == 1


def test_a_held_token_is_there_without_a_turn_of_the_event_loop(async_client: AsyncVendingClient) -> None:
    async def get() -> None:
        await async_client.get_token("prove")
        with pytest.raises(StopIteration) as stopped:
            async_client.get_token("prove").send(None)
        assert stopped.value.value.access_token == "token-1"

    asyncio.run(get())


def test_an_event_loop_after_the_other_may_use_it(
    service: VendingService, async_client: AsyncVendingClient, time: FakeClock
) -> None:
    tokens = []
    for _ in range(3):
        tokens.append(asyncio.run(async_client.get_token("prove")).access_token)
        time.advance(3600)
    assert tokens == ["token-1", "token-2", "token-3"]


def test_a_cancelled_task_disturbs_nobody(service: VendingService, async_client: AsyncVendingClient) -> None:
    async def cancel_first() -> list[Any]:
        service.hold()
        tasks = [asyncio.ensure_future(async_client.get_token("prove")) for _ in range(3)]
        await asyncio.sleep(0)
        tasks[0].cancel()
        await asyncio.sleep(0)
        service.release()
        return await asyncio.gather(*tasks, return_exceptions=True)

    first, *others = asyncio.run(cancel_first())
    assert isinstance(first, asyncio.CancelledError)
    assert [token.access_token for token in others] == ["token-1", "token-1"]
    assert len(service.requests) == 1


@pytest.mark.parametrize("status", [200, 404])
def test_an_event_loop_may_be_gone_before_the_answer(
    service: VendingService, async_client: AsyncVendingClient, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    async def leave() -> None:
        _ = asyncio.ensure_future(async_client.get_token("prove"))
        await asyncio.sleep(0)

    if status != 200:
        service.will_fail(status, "unknown_provider")
    service.hold()
    with caplog.at_level(logging.ERROR):
        asyncio.run(leave())
        service.release()
        settle()
        gc.collect()
    assert caplog.text == ""


def test_a_deadline_is_kept_and_leaves_the_request_to_others(
    service: VendingService, async_client: AsyncVendingClient
) -> None:
    async def get() -> str:
        service.hold()
        with pytest.raises(VendingError, match="timeout: No token within 0.01 seconds"):
            await async_client.get_token("prove", timeout=0.01)
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(async_client.get_token("prove"), 0.01)
        service.release()
        return (await async_client.get_token("prove")).access_token

    assert asyncio.run(get()) == "token-1"
    assert len(service.requests) == 1


@pytest.mark.parametrize("timeout", [float("inf"), 1e300])
def test_a_task_may_wait_for_ever(async_client: AsyncVendingClient, timeout: float) -> None:
    assert asyncio.run(async_client.get_token("prove", timeout=timeout)).access_token == "token-1"


@pytest.mark.parametrize("timeout", [0, -1])
def test_a_task_without_time_gets_a_held_token_only(
    service: VendingService, async_client: AsyncVendingClient, timeout: float
) -> None:
    service.hold()
    with pytest.raises(VendingError, match="timeout"):
        asyncio.run(async_client.get_token("prove", timeout=timeout))
    service.release()
    settle()
    assert asyncio.run(async_client.get_token("prove", timeout=timeout)).access_token == "token-1"


def test_a_refresh_that_fails_is_silent(
    service: VendingService, async_client: AsyncVendingClient, time: FakeClock, capfd: pytest.CaptureFixture[str]
) -> None:
    asyncio.run(async_client.get_token("prove"))
    time.advance(3300)
    service.will_fail(403, "invalid_client")
    assert asyncio.run(async_client.get_token("prove")).access_token == "token-1"
    settle()
    assert capfd.readouterr() == ("", "")


def test_an_error_is_the_task_s_own(service: VendingService, async_client: AsyncVendingClient) -> None:
    async def get_all() -> list[Any]:
        service.hold()
        service.will_fail(404, "unknown_provider")
        tasks = [asyncio.ensure_future(async_client.get_token("prove")) for _ in range(3)]
        await asyncio.sleep(0)
        service.release()
        return await asyncio.gather(*tasks, return_exceptions=True)

    errors = asyncio.run(get_all())
    assert [error.error for error in errors] == ["unknown_provider"] * 3
    assert len(set(map(id, errors))) == 3


def test_the_event_loop_runs_on_while_credentials_are_read(
    service: VendingService, time: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_go_on = threading.Event()

    class SlowCredentials:
        def get_frozen_credentials(self) -> Any:
            assert may_go_on.wait(20)
            return VendingClient(service.endpoint)._signer._read_credentials()

    async def get() -> str:
        client = AsyncVendingClient(service.endpoint, credentials=SlowCredentials(), clock=time.clock)
        task = asyncio.ensure_future(client.get_token("prove"))
        await asyncio.sleep(0)
        may_go_on.set()
        return (await task).access_token

    assert asyncio.run(get()) == "token-1"
