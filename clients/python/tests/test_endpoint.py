from __future__ import annotations

import gc
from pathlib import Path

import pytest

from tests.support.server import Reply, Server, VendingService
from token_vending import VendingClient, VendingError
from token_vending._http.endpoint import parse_endpoint

AWS = "https://abc123.execute-api.eu-west-1.amazonaws.com/v1"


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        (AWS, AWS),
        (f"{AWS}/", AWS),
        ("https://tokens.example.com", "https://tokens.example.com"),
        ("HTTPS://tokens.example.com:8443/base/", "https://tokens.example.com:8443/base"),
        ("http://127.0.0.1:8787/v1", "http://127.0.0.1:8787/v1"),
        ("http://127.9.9.9/v1", "http://127.9.9.9/v1"),
        ("http://localhost:8787/v1", "http://localhost:8787/v1"),
        ("http://[::1]:8787/v1", "http://[::1]:8787/v1"),
    ],
)
def test_takes_https_and_loopback(url: str, kept: str) -> None:
    assert parse_endpoint(url, "us-east-1").url == kept


@pytest.mark.parametrize(
    "url",
    [
        "http://tokens.example.com/v1",
        "http://127.0.0.1.example.com/v1",
        "http://localhost.example.com/v1",
        "http://10.0.0.1/v1",
        "http://user@127.0.0.1/v1",
        "https://user:secret@tokens.example.com/v1",
        "ftp://127.0.0.1/v1",
        "tokens.example.com/v1",
        "https:///v1",
        "https://tokens.example.com/v1?x=1",
        "https://tokens.example.com/v1#x",
        "https://tökens.example.com/v1",
        "https://tokens.example.com/v 1",
        "https://tokens.example.com/v1\r\nx: y",
        "https://tokens.example.com:port/v1",
        "https://[::1/v1",
    ],
)
def test_takes_nothing_else(url: str) -> None:
    with pytest.raises(ValueError, match=r"[Ee]ndpoint|IPv6|port") as caught:
        VendingClient(url)
    assert "secret" not in str(caught.value)


def test_the_environment_names_the_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="TOKEN_VENDING_ENDPOINT"):
        VendingClient()
    monkeypatch.setenv("TOKEN_VENDING_ENDPOINT", AWS)
    assert repr(VendingClient()) == f"VendingClient('{AWS}', 'eu-west-1')"


@pytest.mark.parametrize(
    ("host", "region"),
    [
        ("abc.execute-api.eu-west-1.amazonaws.com", "eu-west-1"),
        ("abc-vpce-1.execute-api.us-gov-west-1.amazonaws.com", "us-gov-west-1"),
        ("vpce-1.execute-api.eu-west-1.vpce.amazonaws.com", "eu-west-1"),
        ("abc.execute-api.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        ("abc.execute-api.eu-west-1.api.aws", "eu-west-1"),
        ("abc.execute-api.eu-west-1.amazonaws.com.evil.example", "us-east-1"),
        ("tokens.example.com", "us-east-1"),
    ],
)
def test_the_region_is_in_the_host_name_or_the_environment(host: str, region: str) -> None:
    assert parse_endpoint(f"https://{host}/v1", None).region == region


def test_a_given_region_comes_first() -> None:
    assert parse_endpoint(AWS, "us-west-2").region == "us-west-2"


def test_botocore_s_region_comes_last(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("AWS_REGION")
    with pytest.raises(ValueError, match="AWS_REGION"):
        parse_endpoint("https://tokens.example.com", None)
    config = tmp_path / "config"
    config.write_text("[default]\nregion = ap-south-1\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    assert parse_endpoint("https://tokens.example.com", None).region == "ap-south-1"


@pytest.mark.parametrize("name", ["", ".", "..", "\ud800"])
def test_some_names_are_of_no_provider(service: VendingService, client: VendingClient, name: str) -> None:
    with pytest.raises(ValueError, match="provider's name|surrogates"):
        client.get_token(name)
    assert service.requests == []


def test_the_url_of_a_provider_is_for_those_who_sign(service: VendingService, client: VendingClient) -> None:
    assert client.token_url("prove") == f"{service.endpoint}/tokens/prove"


def test_every_other_name_is_one_segment_of_the_path(service: VendingService, client: VendingClient) -> None:
    client.get_token("../../ü?a=b#c")
    assert service.requests[0].path == "/v1/tokens/..%2F..%2F%C3%BC%3Fa%3Db%23c"


@pytest.mark.parametrize(
    ("url", "is_covered"),
    [
        (f"{AWS}/tokens/prove", True),
        (f"{AWS}/health", True),
        (f"{AWS.replace('.com/', '.com:443/')}/tokens/prove", True),
        (AWS, False),
        (f"{AWS}-other/tokens/prove", False),
        (f"{AWS.replace('/v1', '/v2')}/tokens/prove", False),
        (f"{AWS.replace('https', 'http')}/tokens/prove", False),
        (f"{AWS.replace('.com', '.com.evil.example')}/tokens/prove", False),
        (f"{AWS.replace('.com/', '.com:8443/')}/tokens/prove", False),
        ("https://api.example.com/v1/tokens/prove", False),
    ],
)
def test_only_its_own_urls_are_covered(url: str, is_covered: bool) -> None:
    assert parse_endpoint(AWS, None).covers(url) is is_covered


def test_no_proxy_comes_between_loopback_and_us(
    service: VendingService, client: VendingClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert client.get_token("prove").access_token == "token-1"


# urllib3 before 2 leaves the socket of a proxy that refuses to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
def test_a_proxy_carries_https_as_a_tunnel(monkeypatch: pytest.MonkeyPatch) -> None:
    with Server(Reply(raw=b"HTTP/1.1 403 Forbidden\r\n\r\n")) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.origin.replace("://", "://user:proxy-secret@"))
        with pytest.raises(VendingError, match="network_error") as caught:
            VendingClient("https://tokens.example.com/v1").get_token("prove")
        assert "proxy-secret" not in str(caught.value)
        assert {(request.method, request.path) for request in proxy.requests} == {("CONNECT", "tokens.example.com:443")}
        assert {request.body for request in proxy.requests} == {b""}
    gc.collect()
