from __future__ import annotations

import pickle
from typing import Any

import pytest

from tests.support.server import Reply, VendingService
from token_vending import VendingClient, VendingError

SECRET = "eyJ-a-token-that-nobody-may-see"


def error_for(service: VendingService, client: VendingClient, reply: Reply) -> VendingError:
    service.default = reply
    with pytest.raises(VendingError) as caught:
        client.get_token("prove")
    assert SECRET not in str(caught.value) + repr(caught.value) + repr(vars(caught.value))
    return caught.value


@pytest.mark.parametrize(
    "body",
    [
        "<html>Sign in to the hotel's network</html>",
        "",
        "[]",
        "null",
        '"token"',
        "[" * 60_000,
        b"\xff\xfe\x00",
        '{"message": "Forbidden"}',
        '{"error": "invalid_request"}',
        f'{{"access_token": "{SECRET}", "expires_in": 1e9999, "expires_in": "-1"}}',
        f'{{"access_token": "{SECRET}"',
        '{"access_token": "x", "expires_in": ' + "9" * 5000 + "a}",
    ],
)
def test_what_is_not_a_token_is_none(service: VendingService, client: VendingClient, body: str | bytes) -> None:
    error = error_for(service, client, Reply(200, body))
    assert (error.status, error.error) == (200, "invalid_response")
    assert len(service.requests) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"access_token": None},
        {"access_token": ""},
        {"access_token": 7},
        {"access_token": ["a"]},
        {"access_token": "a b"},
        {"access_token": "a\r\nx-injected: 1"},
        {"access_token": "tökén"},
        {"access_token": "\ud800"},
        {"token_type": "mac"},
        {"token_type": 1},
        {"scope": ["a"]},
        {"expires_in": 0},
        {"expires_in": -5},
        {"expires_in": 0.5},
        {"expires_in": True},
        {"expires_in": "soon"},
        {"expires_in": ""},
        {"expires_in": "-1"},
        {"expires_in": {}},
        {"expires_in": float("nan")},
    ],
)
def test_a_token_that_could_not_be_used_is_none(
    service: VendingService, client: VendingClient, fields: dict[str, Any]
) -> None:
    body: Any = service.token().body
    error = error_for(service, client, Reply(200, {**body, "access_token": SECRET, **fields}))
    assert (error.status, error.error) == (200, "invalid_response")


@pytest.mark.parametrize(
    ("expires_in", "seconds"),
    [(60, 60), ("60", 60), (60.9, 60.9), ("60.5", 60.5), (10**30, 2_592_000), (1e300, 2_592_000)],
)
def test_a_lifetime_may_be_spelled_as_providers_do(
    service: VendingService, client: VendingClient, expires_in: object, seconds: float
) -> None:
    service.will_vend(expires_in=expires_in)
    token = client.get_token("prove")
    assert token.expires_at is not None
    assert token.expires_at.timestamp() - client._clock.wall() == pytest.approx(seconds)
    client.get_token("prove")
    assert len(service.requests) == 1


@pytest.mark.parametrize("fields", [{}, {"token_type": None}, {"token_type": "bearer"}, {"scope": None, "more": [1]}])
def test_fields_may_be_left_out_or_added(
    service: VendingService, client: VendingClient, fields: dict[str, Any]
) -> None:
    service.will_vend(**fields)
    token = client.get_token("prove")
    assert (token.token_type, token.scope) == ("Bearer", None)


@pytest.mark.parametrize("headers", [{}, {"content-length": "70000"}, {"transfer-encoding": "chunked"}])
def test_reads_no_more_than_the_service_would_send(
    service: VendingService, client: VendingClient, headers: dict[str, str]
) -> None:
    chunked = "transfer-encoding" in headers
    size = b"100000\r\n" if chunked else b""
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode()
    reply = Reply(raw=b"HTTP/1.1 200 OK\r\n" + head + b"\r\n" + size + b"x" * 0x100000)
    error = error_for(service, client, reply)
    assert (error.status, error.error) == (200, "invalid_response")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_follows_no_redirect(service: VendingService, client: VendingClient, status: int) -> None:
    error = error_for(service, client, Reply(status, b"", {"location": f"{service.origin}/elsewhere"}))
    assert (error.status, error.error) == (status, "invalid_response")
    assert [request.path for request in service.requests] == ["/v1/tokens/prove"]


@pytest.mark.parametrize(
    ("reply", "error", "description"),
    [
        (
            Reply(403, {"message": "Missing Authentication Token"}, {"x-amzn-errortype": "MissingAuthenticationToken"}),
            "invalid_client",
            "Missing Authentication Token",
        ),
        (
            Reply(403, {"Message": "User is not authorized"}, {"x-amzn-errortype": "AccessDeniedException"}),
            "unauthorized_client",
            "User is not authorized",
        ),
        (
            Reply(403, {"error": "invalid_client", "error_description": "Badly signed.", "message": "Signature"}),
            "invalid_client",
            "Badly signed.",
        ),
        (Reply(403, {"error": "invalid_client", "message": "Signature"}), "invalid_client", "Signature"),
        (Reply(429, {"message": "Too Many Requests"}), "temporarily_unavailable", "Too Many Requests"),
        (Reply(400, {"error": {"code": 1}, "error_description": 5}), "invalid_response", "not one of the vending"),
        (Reply(404, "<html>"), "invalid_response", "not one of the vending"),
        (Reply(404, {"message": "Not Found"}), "invalid_response", "Not Found"),
        (Reply(204, b""), "invalid_response", "not one of the vending"),
        (Reply(400, {"error": "a\x1b[0m\nb", "error_description": "x" * 10_000}), "a?[0m", "x" * 500),
    ],
)
def test_errors_say_what_is_known(
    service: VendingService, client: VendingClient, reply: Reply, error: str, description: str
) -> None:
    caught = error_for(service, client, reply)
    assert (caught.status, caught.error) == (reply.status, error)
    assert description in caught.description
    assert len(caught.description) <= 500


def test_an_error_is_one_line_and_can_be_pickled(service: VendingService, client: VendingClient) -> None:
    service.will_fail(429, "temporarily_unavailable", x_amzn_requestid="r-1", retry_after="90")
    with pytest.raises(VendingError) as caught:
        client.get_token("prove")
    assert str(caught.value) == "429 temporarily_unavailable: About temporarily_unavailable. (request r-1)"
    assert vars(pickle.loads(pickle.dumps(caught.value))) == vars(caught.value)
