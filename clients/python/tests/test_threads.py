from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.conftest import settle
from tests.support.fake_clock import FakeClock
from tests.support.server import VendingService
from token_vending import VendingClient, VendingError


def test_a_hundred_threads_share_one_request(service: VendingService, client: VendingClient) -> None:
    service.hold()
    with ThreadPoolExecutor(100) as pool:
        everybody = threading.Barrier(100, action=service.release)

        def get(_: int) -> str:
            everybody.wait()
            return client.get_token("prove").access_token

        assert set(pool.map(get, range(100))) == {"token-1"}
    assert len(service.requests) == 1


def test_a_failure_is_shared_as_an_error_for_each(service: VendingService, client: VendingClient) -> None:
    service.hold()
    service.will_fail(404, "unknown_provider")
    waiters: list[Any] = [client._obtain("prove", None, None, 30) for _ in range(3)]
    service.release()
    errors = [waiter.exception(20) for waiter in waiters]
    assert [str(error) for error in errors] == ["404 unknown_provider: About unknown_provider."] * 3
    assert len(set(map(id, errors))) == 3


def test_a_refresh_is_shared_by_all_threads(service: VendingService, client: VendingClient, time: FakeClock) -> None:
    client.get_token("prove")
    time.advance(3300)
    service.hold()
    with ThreadPoolExecutor(20) as pool:
        tokens = set(pool.map(lambda _: client.get_token("prove").access_token, range(200)))
    assert tokens == {"token-1"}
    service.release()
    settle()
    assert len(service.requests) == 2


def test_a_caller_leaves_at_its_own_deadline(service: VendingService, client: VendingClient) -> None:
    service.hold()
    with pytest.raises(VendingError, match=r"^timeout: No token within 0\.01 seconds$"):
        client.get_token("prove", timeout=0.01)
    service.release()
    assert client.get_token("prove").access_token == "token-1"
    assert len(service.requests) == 1


def test_no_time_at_all_is_enough_for_a_token_that_is_held(service: VendingService, client: VendingClient) -> None:
    client.get_token("prove")
    assert client.get_token("prove", timeout=0).access_token == "token-1"
    with pytest.raises(VendingError, match="timeout"):
        client.get_token("pipeshub", timeout=-1)


@pytest.mark.parametrize("timeout", [float("inf"), 1e300])
def test_a_caller_may_wait_for_ever(client: VendingClient, timeout: float) -> None:
    assert client.get_token("prove", timeout=timeout).access_token == "token-1"


def test_nobody_joins_a_request_that_was_frozen_with_its_process(
    service: VendingService, client: VendingClient, time: FakeClock
) -> None:
    client.get_token("prove")
    time.advance(3300)
    service.hold()
    client.get_token("prove")
    service.wait_for_requests(2)
    time.advance(3600)
    later: Any = client._obtain("prove", None, None, 30)
    service.wait_for_requests(3)
    service.release()
    assert later.result(20).access_token in ("token-2", "token-3")


def test_min_ttl_and_plain_calls_share_a_request(service: VendingService, client: VendingClient) -> None:
    service.hold()
    waiters: list[Any] = [client._obtain("prove", None, min_ttl, 30) for min_ttl in (600, None, 60)]
    service.release()
    assert {waiter.result(20).access_token for waiter in waiters} == {"token-1"}
    assert len(service.requests) == 1


def test_goes_on_where_no_thread_can_be_started(client: VendingClient, monkeypatch: pytest.MonkeyPatch) -> None:
    start = threading.Thread.start

    def refuse(thread: threading.Thread) -> None:
        if thread.name == "token-vending":
            raise RuntimeError("can't create new thread at interpreter shutdown")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert client.get_token("prove").access_token == "token-1"


def test_a_defect_leaves_nobody_waiting(client: VendingClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def defect(*_: object) -> Any:
        raise SystemExit("a credential plugin gives up")

    monkeypatch.setattr(client._keeper, "_vend", defect)
    with pytest.raises(VendingError, match="client_failure: SystemExit") as caught:
        client.get_token("prove")
    assert isinstance(caught.value.__cause__, SystemExit)


def test_threads_are_kept_for_the_next_request(service: VendingService, client: VendingClient) -> None:
    def count() -> int:
        return sum(thread.name == "token-vending" for thread in threading.enumerate())

    waiters: list[Any] = [client._obtain(f"p{number}", None, None, 30) for number in range(20)]
    assert len({waiter.result(20).access_token for waiter in waiters}) == 20
    settle()
    for number in range(20):
        client.get_token(f"q{number}")
        settle()
    assert 1 <= count() <= 20
