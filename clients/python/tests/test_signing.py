from __future__ import annotations

import email.utils
from datetime import datetime, timezone
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.support.fake_clock import FakeClock
from tests.support.server import Reply, Request, VendingService
from token_vending import VendingClient, VendingError
from token_vending._http.signer import Signer


def timestamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y%m%dT%H%M%SZ")


def refuse_late(service: VendingService, time: FakeClock, ahead_seconds: float) -> None:
    """A service whose clock is ahead, or behind, and refuses what is more than five minutes off."""

    def answer(request: Request) -> Reply:
        now = time.wall() + ahead_seconds
        signed = datetime.strptime(request.headers["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
        if abs(signed.timestamp() - now) > 300:
            date = email.utils.formatdate(now, usegmt=True)
            return Reply(403, {"message": "Signature expired"}, {"date": date})
        return service.token()

    service.default = answer


def test_signs_as_botocore_does() -> None:
    credentials = Credentials("AKIATEST", "secret", "session")
    url = "https://abc.execute-api.eu-west-1.amazonaws.com/v1/tokens/%C3%BC?b=2&a=%20"
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "*/*", "User-Agent": "x"}
    request = AWSRequest("POST", url, {"Content-Type": headers["Content-Type"]}, b"scope=a")
    SigV4Auth(credentials, "execute-api", "eu-west-1").add_auth(request)
    signed_at = datetime.strptime(request.headers["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
    clock = FakeClock(signed_at.timestamp()).clock
    signature = Signer("eu-west-1", credentials, clock).sign("POST", url, headers, b"scope=a")
    assert signature == {name: request.headers[name] for name in signature}
    assert set(signature) == {"Authorization", "X-Amz-Date", "X-Amz-Security-Token"}


def test_sends_the_session_token_of_the_environment(
    service: VendingService, client: VendingClient, time: FakeClock
) -> None:
    client.get_token("prove")
    headers = service.requests[0].headers
    day = timestamp(time.wall())[:8]
    assert headers["authorization"].startswith(
        f"AWS4-HMAC-SHA256 Credential=ASIATEST/{day}/us-east-1/execute-api/aws4_request, "
        "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, Signature="
    )
    assert headers["x-amz-security-token"] == "an-aws-session-token"
    assert headers["x-amz-date"] == timestamp(time.wall())


def test_says_that_there_are_no_credentials(
    service: VendingService, client: VendingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name)
    with pytest.raises(VendingError, match="no_credentials: Unable to locate AWS credentials") as caught:
        client.get_token("prove")
    assert caught.value.status is None
    assert service.requests == []
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    assert client.get_token("prove").access_token == "token-1"


def test_says_which_credentials_cannot_be_read(
    service: VendingService, client: VendingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "missing")
    with pytest.raises(VendingError, match="no_credentials: The config profile"):
        client.get_token("prove")


def test_takes_credentials_of_somebody_else(service: VendingService, time: FakeClock) -> None:
    client = VendingClient(service.endpoint, credentials=Credentials("AKIAMINE", "secret"), clock=time.clock)
    client.get_token("prove")
    headers = service.requests[0].headers
    assert "Credential=AKIAMINE/" in headers["authorization"]
    assert "x-amz-security-token" not in headers


def test_reads_credentials_that_change(service: VendingService, time: FakeClock) -> None:
    class Rotating:
        count = 0

        def get_frozen_credentials(self) -> Any:
            self.count += 1
            return Credentials(f"AKIA{self.count}", "secret").get_frozen_credentials()

    client = VendingClient(service.endpoint, credentials=Rotating(), clock=time.clock)
    client.get_token("prove")
    client.get_token("pipeshub")
    assert ["Credential=AKIA1/" in r.headers["authorization"] for r in service.requests] == [True, False]


@pytest.mark.parametrize("ahead", [-7200, -301, 301, 86_400])
def test_a_wrong_clock_is_corrected_and_stays_so(
    service: VendingService, client: VendingClient, time: FakeClock, ahead: float
) -> None:
    refuse_late(service, time, ahead)
    token = client.get_token("prove")
    assert token.expires_at is not None
    assert token.expires_at.timestamp() == time.wall() + 3600
    client.get_token("pipeshub")
    dates = [request.headers["x-amz-date"] for request in service.requests]
    assert dates == [timestamp(time.wall() + offset) for offset in (0, ahead, ahead)]


def test_a_clock_that_is_put_right_is_believed_again(
    service: VendingService, client: VendingClient, time: FakeClock
) -> None:
    refuse_late(service, time, 3600)
    client.get_token("prove")
    time.set_wall_clock(3600)
    refuse_late(service, time, 0)
    client.get_token("pipeshub")
    assert len(service.requests) == 4
    assert service.requests[-1].headers["x-amz-date"] == timestamp(time.wall())


def test_signs_again_what_was_frozen_between_signing_and_sending(
    service: VendingService, client: VendingClient, time: FakeClock
) -> None:
    def freeze(_: Request) -> Reply:
        time.advance(3600)
        return Reply(403, {"message": "Signature expired"}, {"date": email.utils.formatdate(time.wall(), usegmt=True)})

    service.script.append(freeze)
    assert client.get_token("prove").access_token == "token-1"
    assert service.requests[-1].headers["x-amz-date"] == timestamp(time.wall())


@pytest.mark.parametrize("year", ["0001", "0999", "1999", "9999"])
def test_a_date_that_no_clock_shows_is_not_believed(
    service: VendingService, client: VendingClient, time: FakeClock, year: str
) -> None:
    service.default = Reply(403, {"message": "No"}, {"date": f"Fri, 31 Dec {year} 23:59:59 GMT"})
    with pytest.raises(VendingError, match="403 invalid_client"):
        client.get_token("prove")
    service.default = service.token
    time.advance(60)
    client.get_token("prove")
    assert service.requests[-1].headers["x-amz-date"] == timestamp(time.wall())


@pytest.mark.parametrize("date", [None, "", "yesterday", "Mon, 99 Foo 2026 00:00:00 GMT", "a few seconds ago"])
def test_a_refusal_at_the_right_time_is_one(
    service: VendingService, client: VendingClient, time: FakeClock, date: str | None
) -> None:
    if date == "a few seconds ago":
        date = email.utils.formatdate(time.wall() - 200, usegmt=True)
    service.default = Reply(403, {"message": "Forbidden"}, {} if date is None else {"date": date})
    with pytest.raises(VendingError):
        client.get_token("prove")
    assert len(service.requests) == 1


def test_signs_no_more_than_once_again(service: VendingService, client: VendingClient, time: FakeClock) -> None:
    def jump(_: Request) -> Reply:
        time.set_wall_clock(-86_400)
        return Reply(403, {"message": "No"}, {"date": email.utils.formatdate(time.wall() + 3600, usegmt=True)})

    service.default = jump
    with pytest.raises(VendingError):
        client.get_token("prove")
    assert len(service.requests) == 2
