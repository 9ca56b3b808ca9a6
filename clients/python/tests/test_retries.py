from __future__ import annotations

import email.utils

import pytest

from tests.support.fake_clock import FakeClock
from tests.support.server import Reply, VendingService
from token_vending import Token, VendingClient, VendingError
from token_vending._tokens.flight import Waiter

CLOSED = Reply(raw=b"")


@pytest.mark.parametrize(
    "reply",
    [
        Reply(500, {"error": "server_error", "error_description": "…"}),
        Reply(502, {"error": "provider_error", "error_description": "…"}),
        Reply(502, "<html>Bad Gateway</html>"),
        Reply(503, {"error": "temporarily_unavailable", "error_description": "no retry-after"}),
        Reply(504, {"error": "provider_timeout", "error_description": "…"}),
        Reply(504, {"message": "Endpoint request timed out"}),
        CLOSED,
        Reply(raw=b'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"access_token":'),
        Reply(raw=b'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"acc'),
        Reply(raw=b"garbage\r\n\r\n"),
    ],
)
def test_what_may_pass_is_tried_once_more_soon(
    service: VendingService, client: VendingClient, time: FakeClock, reply: Reply
) -> None:
    service.will_reply(reply)
    assert client.get_token("prove").access_token == "token-1"
    [pause] = time.sleeps
    assert 0.1 <= pause <= 0.3
    service.will_reply(reply, reply)
    with pytest.raises(VendingError):
        client.get_token("pipeshub")
    assert len(service.requests) == 4


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (502, "provider_rejected_credentials"),
        (403, "invalid_client"),
        (403, "unauthorized_client"),
        (404, "unknown_provider"),
        (400, "invalid_scope"),
        (405, "method_not_allowed"),
        (413, "invalid_request"),
        (415, "invalid_request"),
        (429, "temporarily_unavailable"),
        (401, "invalid_token"),
    ],
)
def test_what_will_not_pass_is_not_tried_again(
    service: VendingService, client: VendingClient, status: int, error: str
) -> None:
    service.will_fail(status, error)
    with pytest.raises(VendingError) as caught:
        client.get_token("prove")
    assert (caught.value.status, caught.value.error) == (status, error)
    assert len(service.requests) == 1


@pytest.mark.parametrize("status", [503, 429])
def test_retry_after_is_waited_for_once(
    service: VendingService, client: VendingClient, time: FakeClock, status: int
) -> None:
    service.will_fail(status, "temporarily_unavailable", retry_after="7")
    assert client.get_token("prove").access_token == "token-1"
    assert time.sleeps == [7]
    for _ in range(2):
        service.will_fail(status, "temporarily_unavailable", retry_after="7")
    with pytest.raises(VendingError) as caught:
        client.get_token("pipeshub")
    assert caught.value.retry_after_seconds == 7
    assert len(service.requests) == 4


def test_retry_after_may_be_a_date_by_the_service_s_clock(
    service: VendingService, client: VendingClient, time: FakeClock
) -> None:
    service.will_fail(
        503, "temporarily_unavailable", retry_after=email.utils.formatdate(1000, usegmt=True),
        date=email.utils.formatdate(997, usegmt=True),
    )  # fmt: skip
    client.get_token("prove")
    assert time.sleeps == [3]


@pytest.mark.parametrize("value", ["soon", "-1", "", "9" * 5000, "1.5", "Mon, 99 Foo 2026"])
def test_a_retry_after_that_says_nothing_counts_as_none(
    service: VendingService, client: VendingClient, time: FakeClock, value: str
) -> None:
    service.will_fail(503, "temporarily_unavailable", retry_after=value)
    client.get_token("prove")
    [pause] = time.sleeps
    assert pause <= 0.3


def test_retry_after_beyond_the_deadline_is_the_caller_s(
    service: VendingService, client: VendingClient, time: FakeClock
) -> None:
    service.will_fail(503, "temporarily_unavailable", retry_after="31", x_amzn_requestid="abc")
    with pytest.raises(VendingError) as caught:
        client.get_token("prove")
    error = caught.value
    assert (error.status, error.error, error.description) == (
        503,
        "temporarily_unavailable",
        "About temporarily_unavailable.",
    )
    assert (error.request_id, error.retry_after_seconds) == ("abc", 31)
    assert time.sleeps == []
    assert len(service.requests) == 1


def test_a_caller_with_more_time_waits_longer(service: VendingService, client: VendingClient) -> None:
    service.will_fail(503, "temporarily_unavailable", retry_after="60")
    assert client.get_token("prove", timeout=90).access_token == "token-1"


def test_each_of_those_who_wait_has_its_own_deadline(
    service: VendingService, client: VendingClient, time: FakeClock
) -> None:
    time.holds_sleeps = True
    service.hold()
    service.will_fail(503, "temporarily_unavailable", retry_after="20")
    patient, hasty = start(client, 30), start(client, 10)
    service.release()
    with pytest.raises(VendingError, match="503 temporarily_unavailable"):
        hasty.result(20)
    time.wait_for_sleep()
    time.advance(5)
    with pytest.raises(VendingError) as caught:
        client.get_token("prove", timeout=10)
    assert caught.value.retry_after_seconds == 15
    late = start(client, 16)
    time.advance(15)
    assert patient.result(20) == late.result(20)
    assert len(service.requests) == 2


def start(client: VendingClient, timeout: float) -> Waiter:
    waiter = client._obtain("prove", None, None, timeout)
    assert not isinstance(waiter, Token)
    return waiter


def test_a_network_error_and_a_pause_are_each_tolerated_once(
    service: VendingService, client: VendingClient, time: FakeClock
) -> None:
    service.will_reply(CLOSED)
    service.will_fail(503, "temporarily_unavailable", retry_after="2")
    assert client.get_token("prove").access_token == "token-1"
    assert len(service.requests) == 3
    assert time.sleeps[1:] == [2]


def test_the_error_is_not_remembered(service: VendingService, client: VendingClient) -> None:
    service.will_fail(404, "unknown_provider")
    with pytest.raises(VendingError):
        client.get_token("prove")
    assert client.get_token("prove").access_token == "token-1"


def test_says_what_the_network_says(time: FakeClock) -> None:
    with VendingService() as gone:
        endpoint = gone.endpoint
    with pytest.raises(VendingError, match=r"network_error: No answer from http://127.*refused") as caught:
        VendingClient(endpoint, clock=time.clock).get_token("prove")
    assert caught.value.status is None
