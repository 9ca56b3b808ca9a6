from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.fake_clock import FakeClock
from tests.support.server import Api, VendingService
from token_vending import AsyncVendingClient, VendingClient
from token_vending._tokens.workers import workers


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "AWS_DEFAULT_REGION", "AWS_CA_BUNDLE", "TOKEN_VENDING_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ASIATEST")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "an-aws-secret")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "an-aws-session-token")


@pytest.fixture
def time() -> FakeClock:
    return FakeClock()


@pytest.fixture
def service() -> Iterator[VendingService]:
    with VendingService() as service:
        yield service


@pytest.fixture
def api() -> Iterator[Api]:
    with Api() as api:
        yield api


@pytest.fixture
def client(service: VendingService, time: FakeClock) -> Iterator[VendingClient]:
    yield VendingClient(service.endpoint, clock=time.clock)
    service.release()
    settle()


@pytest.fixture
def async_client(service: VendingService, time: FakeClock) -> Iterator[AsyncVendingClient]:
    yield AsyncVendingClient(service.endpoint, clock=time.clock)
    service.release()
    settle()


def settle() -> None:
    """Waits until nothing is being fetched."""
    workers.settle()
