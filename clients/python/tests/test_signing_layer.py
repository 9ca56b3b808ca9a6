from __future__ import annotations

import email.utils
import json
from typing import Any

import pytest

from tests.support.fake_clock import FakeClock
from tests.support.senders import AsyncHttpxSender, HttpxSender, RequestsSender, Sender
from tests.support.server import Api, Reply, VendingService, sha256
from token_vending import VendingClient, VendingError

FORM = {"content-type": "application/x-www-form-urlencoded"}
CREDENTIALS = b"grant_type=client_credentials&client_id=prove&client_secret=-"


@pytest.fixture(params=[HttpxSender, AsyncHttpxSender, RequestsSender])
def http(request: pytest.FixtureRequest) -> Any:
    return request.param()


class Sdk:
    """Fetches its tokens itself, as SDKs do, and drops one that was refused."""

    def __init__(self, http: Sender, client: VendingClient, service: VendingService) -> None:
        self._http = http
        self._auth = http.sign(client)
        self._url = f"{service.endpoint}/tokens/prove"

    def fetch(self, body: Any = CREDENTIALS, query: str = "", **headers: str) -> Any:
        received = self._http.send(self._auth, "POST", self._url + query, body, headers={**FORM, **headers})
        return json.loads(received.body)["access_token"] if received.status == 200 else received.status

    def call(self, api: Api, token: str) -> int:
        return self._http.send(self._auth, "GET", api.origin, headers={"authorization": f"Bearer {token}"}).status


@pytest.fixture
def sdk(http: Sender, client: VendingClient, service: VendingService) -> Sdk:
    return Sdk(http, client, service)


def test_signs_what_goes_to_the_vending_endpoint(sdk: Sdk, service: VendingService) -> None:
    assert sdk.fetch(authorization="Basic cHJvdmU6LQ==") == "token-1"
    [request] = service.requests
    assert request.headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=ASIATEST/")
    assert request.headers["x-amz-security-token"] == "an-aws-session-token"
    assert request.body == CREDENTIALS


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/v1/tokens/prove"), ("GET", "/v1x"), ("POST", "/other/tokens/prove")]
)
def test_signs_nothing_that_goes_elsewhere(
    http: Sender, client: VendingClient, api: Api, service: VendingService, method: str, path: str
) -> None:
    http.send(http.sign(client), method, api.origin + path)
    http.send(http.sign(client), method, service.origin + path.replace("/v1/", "/v2/"))
    for request in (*api.requests, *service.requests):
        assert not {"authorization", "x-amz-date", "x-amz-security-token"} & set(request.headers)


def test_a_request_without_a_body_is_signed_too(http: Sender, client: VendingClient, service: VendingService) -> None:
    http.send(http.sign(client), "GET", f"{service.endpoint}/health")
    assert "authorization" in service.requests[0].headers


def test_a_body_that_can_be_read_once_is_signed_as_well(sdk: Sdk, http: Sender, service: VendingService) -> None:
    assert sdk.fetch(http.one_shot(CREDENTIALS)) == "token-1"
    assert service.requests[0].body == CREDENTIALS


def test_a_refused_token_is_reported_with_the_next_request_for_one(sdk: Sdk, service: VendingService, api: Api) -> None:
    token = sdk.fetch()
    api.good = "token-2"
    assert sdk.call(api, token) == 401
    token = sdk.fetch()
    assert sdk.call(api, token) == 200
    assert service.forms[1]["rejected_token_sha256"] == sha256("token-1")
    assert service.forms[1]["client_id"] == "prove"
    assert sdk.fetch() == "token-3"
    assert "rejected_token_sha256" not in service.forms[2]


def test_a_request_without_a_form_reports_with_one(sdk: Sdk, service: VendingService, api: Api) -> None:
    sdk.fetch(None)
    api.good = "none"
    sdk.call(api, "token-1")
    sdk.fetch(None)
    assert service.forms[1] == {"rejected_token_sha256": sha256("token-1")}
    assert service.requests[1].headers["content-type"] == "application/x-www-form-urlencoded"


def test_a_report_is_repeated_until_it_was_heard(sdk: Sdk, service: VendingService, api: Api) -> None:
    sdk.fetch()
    api.good = "none"
    sdk.call(api, "token-1")
    service.will_fail(503, "temporarily_unavailable")
    assert sdk.fetch() == 503
    assert sdk.fetch() == "token-2"
    assert [form.get("rejected_token_sha256") for form in service.forms[1:]] == [sha256("token-1")] * 2


def test_a_token_is_reported_for_its_own_scope_and_provider(
    http: Sender, sdk: Sdk, client: VendingClient, service: VendingService, api: Api
) -> None:
    api.good = "none"
    sdk.fetch(b"scope=a+b")
    sdk.call(api, "token-1")
    sdk.fetch(b"scope=a")
    http.send(http.sign(client), "POST", f"{service.endpoint}/tokens/pipeshub", b"scope=a+b", headers=FORM)
    sdk.fetch(b"scope=b+a")
    reports = [form.get("rejected_token_sha256") for form in service.forms]
    assert reports == [None, None, None, sha256("token-1")]


def test_what_is_not_a_form_is_left_as_it_is(sdk: Sdk, service: VendingService, api: Api) -> None:
    sdk.fetch()
    api.good = "none"
    sdk.call(api, "token-1")
    sdk.fetch(b'{"grant_type": "client_credentials"}', **{"content-type": "application/json"})
    assert service.requests[1].body == b'{"grant_type": "client_credentials"}'


def test_another_s_report_is_left_as_it_is(sdk: Sdk, service: VendingService, api: Api) -> None:
    sdk.fetch()
    api.good = "none"
    sdk.call(api, "token-1")
    sdk.fetch(b"rejected_token_sha256=abc")
    assert service.requests[1].body == b"rejected_token_sha256=abc"


@pytest.mark.parametrize("authorization", [None, "Basic cHJvdmU6LQ==", "Bearer somebody-else-s", "Bearer"])
def test_a_401_on_anything_else_is_nobody_s_report(
    http: Sender, sdk: Sdk, client: VendingClient, service: VendingService, api: Api, authorization: str | None
) -> None:
    sdk.fetch()
    api.default = Reply(401)
    headers = {} if authorization is None else {"authorization": authorization}
    http.send(http.sign(client), "GET", api.origin, headers=headers)
    sdk.fetch()
    assert "rejected_token_sha256" not in service.forms[1]


def test_a_401_from_another_host_is_nobody_s_report(sdk: Sdk, service: VendingService, api: Api) -> None:
    with Api() as other:
        other.default = Reply(401)
        api.default = Reply(302, b"", {"location": other.origin.replace("127.0.0.1", "localhost")})
        assert sdk.call(api, sdk.fetch()) == 401
    sdk.fetch()
    assert "rejected_token_sha256" not in service.forms[1]


@pytest.mark.parametrize("ahead", [-3600, 3600])
def test_a_wrong_clock_is_corrected(sdk: Sdk, service: VendingService, time: FakeClock, ahead: float) -> None:
    service.script.append(
        Reply(403, {"message": "expired"}, {"date": email.utils.formatdate(time.wall() + ahead, usegmt=True)})
    )
    assert sdk.fetch() == "token-1"
    first, second = service.requests
    assert first.headers["x-amz-date"] != second.headers["x-amz-date"]
    assert first.headers["authorization"] != second.headers["authorization"]
    assert second.body == CREDENTIALS


def test_a_refusal_is_the_sdk_s(sdk: Sdk, service: VendingService) -> None:
    service.will_fail(403, "unauthorized_client", date=email.utils.formatdate(1_900_000_000, usegmt=True))
    service.will_fail(403, "unauthorized_client", date=email.utils.formatdate(1_900_000_000, usegmt=True))
    assert sdk.fetch() == 403
    assert len(service.requests) == 2


@pytest.mark.parametrize("status", [302, 307])
def test_a_redirect_of_the_vending_endpoint_is_an_error(
    sdk: Sdk, service: VendingService, api: Api, status: int
) -> None:
    service.default = Reply(status, b"", {"location": f"{api.origin}/tokens"})
    with pytest.raises(VendingError, match="invalid_response: The vending endpoint redirects"):
        sdk.fetch()
    for request in api.requests:
        assert "authorization" not in request.headers


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"[" * 60_000, b'{"access_token": 7}', b"\xff"])
def test_an_answer_that_is_no_token_is_the_sdk_s_to_judge(
    http: Sender, client: VendingClient, service: VendingService, body: bytes
) -> None:
    service.default = Reply(200, body)
    received = http.send(http.sign(client), "POST", f"{service.endpoint}/tokens/prove")
    assert received.body == body


def test_says_that_there_are_no_credentials(sdk: Sdk, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name)
    with pytest.raises(VendingError, match="no_credentials"):
        sdk.fetch()


def test_remembers_a_bounded_number_of_tokens(client: VendingClient) -> None:
    watch = client._watch
    for number in range(300):
        watch.saw_vend("u", f"scope=s{number}".encode(), 200, json.dumps({"access_token": f"t{number}"}).encode())
        watch.saw_api(f"Bearer t{number}", 401)
    assert (len(watch._vended), len(watch._refused)) == (256, 256)
    assert watch.add_report("u", None, b"") == b""
    assert sha256("t299") in watch.add_report("u", FORM["content-type"], b"scope=s299").decode()
