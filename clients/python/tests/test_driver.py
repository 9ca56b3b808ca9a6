"""The scenarios that all clients play are the repository's; here is that the driver speaks their protocol."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.server import Api, VendingService, sha256


class Process:
    def __init__(self, endpoint: str, http: str) -> None:
        environment = {**os.environ, "TOKEN_VENDING_ENDPOINT": endpoint, "TOKEN_VENDING_DRIVER_HTTP": http}
        self._child = subprocess.Popen(
            [sys.executable, str(Path(__file__).parent / "driver.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        self._count = 0

    def __call__(self, op: str, **fields: Any) -> Any:
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._count += 1
        self._child.stdin.write(json.dumps({"id": self._count, "op": op, **fields}) + "\n")
        self._child.stdin.flush()
        reply = json.loads(self._child.stdout.readline())
        assert reply.pop("id") == self._count
        return reply

    def end(self) -> int:
        self._child.communicate(timeout=20)
        return self._child.returncode


@pytest.fixture(params=["httpx", "requests"])
def driver(request: pytest.FixtureRequest, service: VendingService) -> Iterator[Process]:
    process = Process(service.endpoint, request.param)
    yield process
    service.release()
    assert process.end() == 0


def test_gets_tokens(driver: Process, service: VendingService) -> None:
    results = driver("getToken", provider="prove", scope="a", minTtlSeconds=60, times=100)["results"]
    assert {result["sha256"] for result in results} == {sha256("token-1")}
    assert results[0]["tokenType"] == "Bearer"
    assert results[0]["expiresAt"].endswith("Z")
    assert len(service.requests) == 1


def test_ages_and_refreshes(driver: Process, service: VendingService) -> None:
    driver("getToken", provider="prove")
    assert driver("advance", ms=3_300_000) == {}
    assert driver("getToken", provider="prove")["results"][0]["sha256"] == sha256("token-1")
    assert driver("settle") == {}
    assert driver("getToken", provider="prove")["results"][0]["sha256"] == sha256("token-2")


def test_shifts_the_wall_clock(driver: Process, service: VendingService) -> None:
    assert driver("new", wallOffsetMs=-86_400_000) == {}
    driver("getToken", provider="prove")
    shifted = service.requests[0].headers["x-amz-date"]
    assert driver("new", endpoint=service.endpoint, region="eu-west-1") == {}
    driver("getToken", provider="prove")
    assert shifted < service.requests[1].headers["x-amz-date"]
    assert "/eu-west-1/" in service.requests[1].headers["authorization"]


def test_says_what_is_wrong_with_an_endpoint(driver: Process) -> None:
    [result] = driver("new", endpoint="http://example.com")["results"]
    assert result["error"]["type"] == "ValueError"


def test_describes_errors(driver: Process, service: VendingService) -> None:
    service.will_fail(404, "unknown_provider", x_amzn_requestid="r-1")
    [result] = driver("getToken", provider="nobody")["results"]
    error = result["error"]
    assert "Traceback" in error.pop("text")
    assert error == {
        "type": "VendingError",
        "status": 404,
        "error": "unknown_provider",
        "description": "About unknown_provider.",
        "requestId": "r-1",
        "retryAfterSeconds": None,
    }


def test_cancels_and_times_out(driver: Process, service: VendingService) -> None:
    service.hold()
    [result] = driver("getToken", provider="prove", timeoutMs=10)["results"]
    assert result["error"]["error"] == "timeout"
    results = driver("getToken", provider="prove", times=2, cancelAfterMs=1, timeoutMs=50)["results"]
    assert results[0] == {"cancelled": True}
    assert results[1]["error"]["error"] == "timeout"


def test_sends_authorized_requests(driver: Process, service: VendingService, api: Api) -> None:
    api.good = "token-2"
    once = {"provider": "prove", "url": api.origin, "method": "POST", "body": "hello", "oneShotBody": True}
    assert driver("request", **once)["results"][0]["status"] == 401
    results = driver("request", provider="prove", url=api.origin, method="POST", body="hello", times=10)["results"]
    assert [(result["status"], result["body"]) for result in results] == [(200, "hello")] * 10
    assert len(service.requests) == 2


def test_signs(driver: Process, service: VendingService) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    url = f"{service.endpoint}/tokens/prove"
    [result] = driver("sign", url=url, method="POST", body="scope=a", headers=form)["results"]
    assert json.loads(result["body"])["access_token"] == "token-1"
    assert service.requests[0].headers["authorization"].startswith("AWS4-HMAC-SHA256")


def test_shows_everything_but_tokens(driver: Process, service: VendingService, api: Api) -> None:
    driver("request", provider="prove", url=api.origin)
    driver("getToken", provider="prove")
    service.will_fail(403, "invalid_client")
    driver("getToken", provider="other")
    text = driver("inspect")["text"]
    assert "AsyncVendingClient(" in text
    assert "invalid_client" in text
    assert "token-1" not in text
    assert "an-aws-secret" not in text


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_forks(driver: Process, service: VendingService) -> None:
    results = driver("fork")["results"]
    first, *others = (result.get("sha256", result) for result in results)
    assert others.count(first) == 6
    assert len(service.requests) == 2


def test_says_what_it_cannot_do(driver: Process) -> None:
    assert driver("dance") == {"failed": "KeyError: 'dance'"}
