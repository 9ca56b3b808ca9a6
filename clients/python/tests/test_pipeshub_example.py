"""The example, with the real SDK, against the real local stack. Only PipesHub's API is a stand-in."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.local_stack import ROOT, is_installed, run_local_stack
from tests.support.server import Reply, Request, Server
from token_vending import VendingClient

pytest.importorskip("pipeshub_sdk")
pytestmark = pytest.mark.skipif(not is_installed(), reason="the local stack needs Node, and npm ci")

KNOWLEDGE_BASE: dict[str, Any] = {
    "id": "1",
    "name": "Handbook",
    "connectorId": None,
    "createdAtTimestamp": 1,
    "updatedAtTimestamp": 1,
    "createdBy": "me",
    "userRole": "READER",
    "folders": [],
}
ANSWER: dict[str, Any] = {
    "knowledgeBases": [KNOWLEDGE_BASE],
    "pagination": {"page": 1, "limit": 20, "totalCount": 1, "totalPages": 1, "hasNext": False, "hasPrev": False},
    "filters": {"applied": {}, "available": {"permissions": [], "sortFields": [], "sortOrders": []}},
}


class PipesHub(Server):
    def __init__(self) -> None:
        super().__init__(self.judge)
        self.refused: set[str] = set()

    def judge(self, request: Request) -> Reply:
        is_refused = self.token(request) in self.refused
        return Reply(401, {"error": {"code": "UNAUTHORIZED", "message": "No"}}) if is_refused else Reply(200, ANSWER)

    def token(self, request: Request) -> str:
        return request.headers["authorization"]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    with run_local_stack(tmp_path_factory.mktemp("stack")) as description:
        yield description


@pytest.fixture
def vending(stack: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> VendingClient:
    orders = stack["callers"]["orders"]
    monkeypatch.setenv("TOKEN_VENDING_ENDPOINT", stack["endpoint"])
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", orders["accessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", orders["secretAccessKey"])
    monkeypatch.setenv("AWS_SESSION_TOKEN", orders["sessionToken"])
    return VendingClient()


@pytest.fixture
def example() -> Any:
    path = ROOT / "clients/examples/pipeshub.py"
    spec = importlib.util.spec_from_file_location("pipeshub_example", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_sdk_gets_its_tokens_from_the_stack_and_another_after_a_401(example: Any, vending: VendingClient) -> None:
    with PipesHub() as api:
        sdk = example.connect(f"{api.origin}/api/v1", vending)
        assert example.list_knowledge_bases(sdk) == ["Handbook"]
        first = api.token(api.requests[0])
        assert first.startswith("Bearer ")
        api.refused.add(first)
        assert example.list_knowledge_bases(sdk) == ["Handbook"]
        assert [api.token(request) == first for request in api.requests] == [True, True, False]
        sdk.sdk_configuration.client.close()


@pytest.mark.usefixtures("vending")
def test_runs_as_a_program() -> None:
    with PipesHub() as api:
        command = [sys.executable, str(ROOT / "clients/examples/pipeshub.py"), f"{api.origin}/api/v1"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("['Handbook']\n", "")
