from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.support.senders import AsyncHttpxSender, HttpxSender, RequestsSender, Sender
from tests.support.server import Api, Reply, Request, VendingService, sha256
from token_vending import AsyncVendingClient, VendingClient, VendingError


@pytest.fixture(params=[HttpxSender, AsyncHttpxSender, RequestsSender])
def http(request: pytest.FixtureRequest) -> Any:
    return request.param()


def test_a_request_carries_the_token(http: Sender, service: VendingService, client: VendingClient, api: Api) -> None:
    auth = http.authorize(client, "prove", "b a")
    for _ in range(2):
        assert http.send(auth, "POST", api.origin, b"hello").body == b"hello"
    assert api.tokens == ["Bearer token-1"] * 2
    assert [form["scope"] for form in service.forms] == ["a b"]


def test_either_kind_of_client_will_do(http: Sender, async_client: AsyncVendingClient, api: Api) -> None:
    assert http.send(http.authorize(async_client, "prove"), "GET", api.origin).status == 200
    assert api.tokens == ["Bearer token-1"]


def test_a_refused_token_is_reported_and_the_request_sent_once_more(
    http: Sender, service: VendingService, client: VendingClient, api: Api
) -> None:
    api.good = "token-2"
    received = http.send(http.authorize(client, "prove"), "POST", api.origin, b"hello")
    assert (received.status, received.body, received.history) == (200, b"hello", [401])
    assert [request.body for request in api.requests] == [b"hello", b"hello"]
    assert service.forms[1]["rejected_token_sha256"] == sha256("token-1")


def test_it_is_sent_once_more_only_once(http: Sender, service: VendingService, client: VendingClient, api: Api) -> None:
    api.good = "none"
    received = http.send(http.authorize(client, "prove"), "GET", api.origin)
    assert (received.status, received.body) == (401, b'{"message": "No"}')
    assert api.tokens == ["Bearer token-1", "Bearer token-2"]
    assert len(service.requests) == 2


def test_all_who_meet_the_refused_token_share_one_report(
    http: Sender, service: VendingService, client: VendingClient, api: Api
) -> None:
    api.good = "token-2"
    auth = http.authorize(client, "prove")
    with ThreadPoolExecutor(20) as pool:
        received = list(pool.map(lambda _: http.send(auth, "GET", api.origin).status, range(20)))
    assert received == [200] * 20
    assert len(service.requests) == 2


@pytest.mark.parametrize("rejection", ["kept", "failed"])
def test_the_401_is_the_caller_s_where_there_is_no_other_token(
    http: Sender, service: VendingService, client: VendingClient, api: Api, rejection: str
) -> None:
    api.good = "none"
    client.get_token("prove")
    if rejection == "kept":
        service.will_vend(rejection="kept", access_token="token-1")
    else:
        service.will_fail(403, "invalid_client")
    received = http.send(http.authorize(client, "prove"), "GET", api.origin)
    assert (received.status, received.body, received.history) == (401, b'{"message": "No"}', [])
    assert api.tokens == ["Bearer token-1"]
    assert len(service.requests) == 2


def test_a_body_that_can_be_read_once_is_sent_once(
    http: Sender, service: VendingService, client: VendingClient, api: Api
) -> None:
    api.good = "token-2"
    auth = http.authorize(client, "prove")
    assert http.send(auth, "POST", api.origin, http.one_shot(b"hello")).status == 401
    assert [request.body for request in api.requests] == [b"hello"]
    assert http.send(auth, "POST", api.origin, http.one_shot(b"hello")).status == 200
    assert len(service.requests) == 2


def test_a_request_without_a_token_is_not_sent(
    http: Sender, service: VendingService, client: VendingClient, api: Api
) -> None:
    service.will_fail(404, "unknown_provider")
    with pytest.raises(VendingError, match="404 unknown_provider"):
        http.send(http.authorize(client, "prove"), "GET", api.origin)
    assert api.requests == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_token_follows_a_redirect_to_another_host(
    http: Sender, service: VendingService, client: VendingClient, api: Api, status: int
) -> None:
    with Api() as other:
        other.default = Reply(401, {"message": "Who are you?"})
        elsewhere = other.origin.replace("127.0.0.1", "localhost")
        api.default = Reply(status, b"", {"location": f"{elsewhere}/elsewhere"})
        received = http.send(http.authorize(client, "prove"), "POST", api.origin, b"hello")
        assert received.status == 401
        assert other.tokens == [None]
    assert len(service.requests) == 1


def test_a_redirect_on_the_same_host_is_followed_with_the_token(
    http: Sender, service: VendingService, client: VendingClient, api: Api
) -> None:
    def redirect(request: Request) -> Reply:
        if request.path == "/orders":
            return Reply(303, b"", {"location": "/orders/1"})
        return api.judge(request)

    api.default = redirect
    api.good = "token-2"
    assert http.send(http.authorize(client, "prove"), "POST", f"{api.origin}/orders", b"hello").status == 200
    # What has been done is not done twice.
    assert [(request.method, request.path) for request in api.requests] == [
        ("POST", "/orders"),
        ("GET", "/orders/1"),
        ("GET", "/orders/1"),
    ]
    assert len(service.requests) == 2


def test_a_401_without_an_end_is_left(http: Sender, client: VendingClient, api: Api) -> None:
    endless = b"HTTP/1.1 401 Unauthorized\r\n\r\n" + b"x" * 300_000
    api.script.append(Reply(raw=endless))
    received = http.send(http.authorize(client, "prove"), "GET", api.origin)
    assert (received.status, received.history) == (200, [401])


def test_a_401_with_a_cut_body_is_no_reason_to_fail(http: Sender, client: VendingClient, api: Api) -> None:
    api.script.append(Reply(401, b"x" * 10_000, {"content-type": "text/plain"}))
    assert http.send(http.authorize(client, "prove"), "GET", api.origin).status == 200


def test_a_connection_that_the_api_closes_is_no_matter_of_ours(
    http: Sender, service: VendingService, client: VendingClient, api: Api
) -> None:
    api.script.append(Reply(401, b"no", {"connection": "close"}))
    assert http.send(http.authorize(client, "prove"), "GET", api.origin).status == 200
    assert len(service.requests) == 2


def test_several_providers_and_scopes_are_told_apart(
    http: Sender, service: VendingService, client: VendingClient, api: Api
) -> None:
    auths = [http.authorize(client, *key) for key in (("prove", None), ("prove", "a"), ("pipeshub", "a"))]
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda n: http.send(auths[n % 3], "GET", f"{api.origin}/{n % 3}"), range(24)))
    sent = {(request.path, request.headers["authorization"]) for request in api.requests}
    assert len(sent) == 3
    assert len(service.requests) == 3
