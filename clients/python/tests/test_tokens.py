from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from tests.conftest import settle
from tests.support.fake_clock import FakeClock
from tests.support.server import Reply, Request, VendingService
from token_vending import Token, VendingClient, VendingError
from token_vending._tokens import keeper


def test_a_token_is_what_the_service_answers(service: VendingService, client: VendingClient, time: FakeClock) -> None:
    service.will_vend(scope="kb:read")
    token = client.get_token("prove")
    expires_at = datetime.fromtimestamp(time.wall(), timezone.utc) + timedelta(hours=1)
    assert token == Token("token-1", "Bearer", expires_at, "kb:read")
    assert token.expires_at is not None
    assert token.expires_at.tzinfo is timezone.utc


def test_asks_the_provider_s_resource_with_a_form(service: VendingService, client: VendingClient) -> None:
    client.get_token("prove", scope="b a  b", min_ttl=60)
    [request] = service.requests
    assert (request.method, request.path) == ("POST", "/v1/tokens/prove")
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert request.form == {"grant_type": "client_credentials", "scope": "a b", "min_ttl": "60"}


def test_one_request_serves_later_calls(service: VendingService, client: VendingClient) -> None:
    assert client.get_token("prove") is client.get_token("prove")
    assert len(service.requests) == 1


def test_providers_and_scopes_have_tokens_of_their_own(service: VendingService, client: VendingClient) -> None:
    asked = [("prove", None), ("pipeshub", None), ("prove", "a b"), ("prove", "a"), ("prove", "b a"), ("prove", " ")]
    tokens = [client.get_token(provider, scope).access_token for provider, scope in asked]
    assert tokens == ["token-1", "token-2", "token-3", "token-4", "token-3", "token-1"]
    assert len(service.requests) == 4


@pytest.mark.parametrize(
    ("lifetime", "refresh_at"), [(3600, 3240), (600, 540), (599, 539), (300, 240), (299, 269.1), (20, 18)]
)
def test_is_refreshed_in_the_background_towards_its_end(
    service: VendingService, client: VendingClient, time: FakeClock, lifetime: int, refresh_at: float
) -> None:
    service.will_vend(expires_in=lifetime)
    client.get_token("prove")
    time.advance(refresh_at - 0.5)
    client.get_token("prove")
    settle()
    assert len(service.requests) == 1
    time.advance(0.6)
    service.hold()
    assert client.get_token("prove").access_token == "token-1"
    service.release()
    settle()
    assert client.get_token("prove").access_token == "token-2"
    assert len(service.requests) == 2


def test_is_served_to_its_last_second(service: VendingService, client: VendingClient, time: FakeClock) -> None:
    service.will_vend(expires_in=20)
    client.get_token("prove")
    time.advance(19.9)
    service.hold()
    assert client.get_token("prove").access_token == "token-1"
    service.release()
    settle()


def test_is_not_served_a_moment_longer(service: VendingService, client: VendingClient, time: FakeClock) -> None:
    service.will_vend(expires_in=20)
    client.get_token("prove")
    time.advance(20)
    assert client.get_token("prove").access_token == "token-2"


def test_lives_from_before_the_request_was_sent(
    service: VendingService, client: VendingClient, time: FakeClock
) -> None:
    def answer_slowly(_: Request) -> Reply:
        time.advance(5)
        return service.token(expires_in=20)

    service.script.append(answer_slowly)
    asked_at = time.wall()
    token = client.get_token("prove")
    assert token.expires_at is not None
    assert token.expires_at.timestamp() == asked_at + 20


def test_a_failed_refresh_is_silent_and_tried_again_ever_more_rarely(
    service: VendingService, client: VendingClient, time: FakeClock
) -> None:
    client.get_token("prove")
    time.advance(3240)
    service.default = Reply(403, {"message": "Forbidden"})
    for pause in (1, 2, 4, 8, 16, 30, 30):
        sent = len(service.requests)
        assert client.get_token("prove").access_token == "token-1"
        settle()
        assert len(service.requests) == sent + 1
        time.advance(pause - 0.1)
        assert client.get_token("prove").access_token == "token-1"
        settle()
        assert len(service.requests) == sent + 1
        time.advance(0.1)
    service.default = service.token
    client.get_token("prove")
    settle()
    assert client.get_token("prove").access_token == "token-2"


def test_a_refresh_waits_as_long_as_the_service_says(
    service: VendingService, client: VendingClient, time: FakeClock
) -> None:
    client.get_token("prove")
    time.advance(3240)
    service.will_fail(503, "temporarily_unavailable", retry_after="20")
    client.get_token("prove")
    settle()
    time.advance(19.9)
    client.get_token("prove")
    settle()
    assert len(service.requests) == 2
    time.advance(0.2)
    client.get_token("prove")
    settle()
    assert len(service.requests) == 3


def test_an_expired_token_is_not_served_while_the_service_is_down(
    service: VendingService, client: VendingClient, time: FakeClock
) -> None:
    client.get_token("prove")
    service.will_fail(403)
    time.advance(3600)
    with pytest.raises(VendingError):
        client.get_token("prove")


def test_a_refresh_that_brings_a_token_that_ends_no_later_is_tried_again_later(
    service: VendingService, client: VendingClient, time: FakeClock
) -> None:
    client.get_token("prove")
    time.advance(3300)
    service.will_vend(access_token="token-1", expires_in=300)
    service.will_vend(access_token="another", expires_in=200)
    for _ in range(3):
        assert client.get_token("prove").access_token == "token-1"
        settle()
    assert len(service.requests) == 2
    time.advance(1)
    assert client.get_token("prove").access_token == "token-1"
    settle()
    assert client.get_token("prove").access_token == "token-1"
    assert len(service.requests) == 3


def test_a_token_without_a_lifetime_is_handed_out_and_not_kept(service: VendingService, client: VendingClient) -> None:
    service.will_vend(expires_in=None)
    service.will_vend(expires_in=None)
    first, second = client.get_token("prove"), client.get_token("prove")
    assert (first.access_token, first.expires_at) == ("token-1", None)
    assert second.access_token == "token-2"


def test_a_clock_that_slept_is_corrected_by_the_other(
    service: VendingService, client: VendingClient, time: FakeClock
) -> None:
    client.get_token("prove")
    time.set_wall_clock(3600)
    assert client.get_token("prove").access_token == "token-2"


def test_a_wall_clock_set_back_lets_no_token_live_longer(
    service: VendingService, client: VendingClient, time: FakeClock
) -> None:
    client.get_token("prove")
    time.set_wall_clock(-86_400)
    time.advance(3600)
    assert client.get_token("prove").access_token == "token-2"


def test_min_ttl_is_met_by_the_token_held_or_asked_for(
    service: VendingService, client: VendingClient, time: FakeClock
) -> None:
    client.get_token("prove")
    time.advance(600)
    assert client.get_token("prove", min_ttl=3000).access_token == "token-1"
    assert client.get_token("prove", min_ttl=3001).access_token == "token-2"
    assert client.get_token("prove").access_token == "token-2"
    assert service.forms[1]["min_ttl"] == "3001"


def test_min_ttl_that_cannot_be_met_is_asked_for_once_in_thirty_seconds(
    service: VendingService, client: VendingClient, time: FakeClock
) -> None:
    client.get_token("prove")
    time.advance(600)
    service.default = lambda _: service.token(access_token="token-1", expires_in=3000)
    for _ in range(3):
        assert client.get_token("prove", min_ttl=3500).access_token == "token-1"
    assert len(service.requests) == 2
    time.advance(30)
    assert client.get_token("prove", min_ttl=3500).access_token == "token-1"
    assert len(service.requests) == 3


def test_min_ttl_is_let_go_while_the_service_is_down(
    service: VendingService, client: VendingClient, time: FakeClock
) -> None:
    client.get_token("prove")
    time.advance(600)
    service.will_fail(403)
    assert client.get_token("prove", min_ttl=3500).access_token == "token-1"


def test_many_scopes_do_not_fill_the_memory(
    service: VendingService, client: VendingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeper, "_MAX_ENTRIES", 3)
    for scope in ("a", "b", "c", "d", "d", "a"):
        client.get_token("prove", scope)
    assert [form["scope"] for form in service.forms] == ["a", "b", "c", "d", "a"]
