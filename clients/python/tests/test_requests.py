from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.support.server import Api, Reply, Request, VendingService
from token_vending import VendingClient
from token_vending.requests import VendingAuth


@pytest.fixture
def session(client: VendingClient) -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.auth = VendingAuth(client, "prove")
        yield session


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"data": b"hello"}, 200),
        ({"data": "hello"}, 200),
        ({"data": {"a": "1"}}, 200),
        ({"json": {"a": 1}}, 200),
        ({}, 200),
        ({"files": {"file": b"hello"}}, 200),
        ({"data": io.BytesIO(b"hello")}, 200),
        ({"data": iter([b"hello"])}, 401),
    ],
)
def test_sends_again_what_can_be_read_again(
    session: requests.Session, api: Api, body: dict[str, Any], status: int
) -> None:
    api.good = "token-2"
    assert session.post(api.origin, **body).status_code == status
    assert len({request.body for request in api.requests}) == 1
    assert len(api.requests) == (2 if status == 200 else 1)


def test_reads_a_file_again_from_where_it_began(session: requests.Session, api: Api, tmp_path: Path) -> None:
    api.good = "token-2"
    path = tmp_path / "file"
    path.write_bytes(b"skipped, sent")
    with path.open("rb") as file:
        file.seek(len(b"skipped, "))
        assert session.post(api.origin, data=file).content == b"sent"


def test_streams(session: requests.Session, api: Api) -> None:
    api.good = "token-2"
    with session.post(api.origin, data=b"hello", stream=True) as response:
        assert response.raw.read() == b"hello"


def test_a_redirect_after_the_second_try_carries_the_new_token(session: requests.Session, api: Api) -> None:
    def redirect(request: Request) -> Reply:
        reply = api.judge(request)
        return Reply(302, b"", {"location": "/b"}) if reply.status == 200 and request.path == "/a" else reply

    api.default = redirect
    api.good = "token-2"
    assert session.get(f"{api.origin}/a").status_code == 200
    assert api.tokens == ["Bearer token-1", "Bearer token-2", "Bearer token-2"]


def test_other_hooks_see_the_answer_that_counts(session: requests.Session, api: Api) -> None:
    seen = []
    session.hooks["response"].append(lambda response, **_: seen.append(response.status_code))
    api.good = "token-2"
    session.get(api.origin)
    assert seen == [200]


def test_passwords_in_netrc_take_no_part(
    session: requests.Session, api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    session.get(api.origin)
    assert api.tokens == ["Bearer token-1"]


def test_requests_are_told_apart(session: requests.Session, service: VendingService, api: Api) -> None:
    prepared = session.prepare_request(requests.Request("GET", api.origin))
    api.good = "token-2"
    assert [session.send(prepared.copy()).status_code for _ in range(2)] == [200, 200]
    assert len(service.requests) == 2
