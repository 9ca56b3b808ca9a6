from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from tests.support.server import VendingService
from token_vending import VendingClient, VendingError


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def secure_service(authority: trustme.CA) -> Iterator[VendingService]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with VendingService(context) as service:
        yield service


def test_trusts_the_bundle_in_the_environment(
    secure_service: VendingService, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = tmp_path / "bundle.pem"
    authority.cert_pem.write_to_path(str(bundle))
    monkeypatch.setenv("AWS_CA_BUNDLE", str(bundle))
    client = VendingClient(secure_service.endpoint)
    assert client.get_token("prove").access_token == "token-1"
    assert client.get_token("pipeshub").access_token == "token-2"


def test_trusts_nobody_else(secure_service: VendingService) -> None:
    with pytest.raises(VendingError, match=r"network_error: .*CERTIFICATE_VERIFY_FAILED"):
        VendingClient(secure_service.endpoint).get_token("prove")
    assert secure_service.requests == []


def test_a_certificate_is_for_one_host(
    secure_service: VendingService, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = tmp_path / "bundle.pem"
    authority.cert_pem.write_to_path(str(bundle))
    monkeypatch.setenv("AWS_CA_BUNDLE", str(bundle))
    endpoint = secure_service.endpoint.replace("127.0.0.1", "localhost")
    with pytest.raises(VendingError, match=r"network_error: .*(Hostname mismatch|doesn't match)"):
        VendingClient(endpoint).get_token("prove")


def test_says_that_the_bundle_is_missing(
    secure_service: VendingService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", str(tmp_path / "missing.pem"))
    with pytest.raises(VendingError, match="network_error: .*No such file"):
        VendingClient(secure_service.endpoint).get_token("prove")
