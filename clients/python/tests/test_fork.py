from __future__ import annotations

import os
import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import trustme

from tests.support.server import VendingService
from token_vending import VendingClient

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")


def test_a_forked_child_uses_the_token_of_its_parent(service: VendingService, client: VendingClient) -> None:
    client.get_token("prove")
    assert in_child(lambda: client.get_token("prove").access_token) == "token-1"
    assert len(service.requests) == 1


def test_a_forked_child_fetches_for_itself_what_its_parent_waits_for(
    service: VendingService, client: VendingClient
) -> None:
    service.hold()
    waiter: Any = client._obtain("prove", None, None, 30)
    service.wait_for_requests(1)
    # Another thread of the parent may hold any of these at the moment of the fork.
    locks = [client._keeper._lock, client._signer._lock, client._watch._lock]
    for lock in locks:
        lock.acquire()
    child = fork(lambda: client.get_token("prove").access_token)
    for lock in locks:
        lock.release()
    service.wait_for_requests(2)
    service.release()
    assert read(child) in ("token-1", "token-2")
    assert waiter.result(20).access_token in ("token-1", "token-2")


def test_several_children_and_their_parent_share_no_connection(service: VendingService, client: VendingClient) -> None:
    client.get_token("warm-up")
    children = [fork(lambda: client.get_token("prove").access_token) for _ in range(4)]
    tokens = {client.get_token("prove").access_token, *(read(child) for child in children)}
    assert len(tokens) == 5


Child = tuple[int, int]


def in_child(get: Any) -> str:
    return read(fork(get))


def fork(get: Any) -> Child:
    reader, writer = os.pipe()
    pid = os.fork()
    if pid != 0:
        os.close(writer)
        return pid, reader
    try:
        os.write(writer, get().encode())
    finally:
        os._exit(0)


def read(child: Child) -> str:
    pid, reader = child
    with open(reader, "rb") as pipe:
        text = pipe.read().decode()
    os.waitpid(pid, 0)
    return text


def test_may_happen_while_threads_fetch_tokens_over_tls(tmp_path: Path) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    bundle = tmp_path / "bundle.pem"
    authority.cert_pem.write_to_path(str(bundle))
    with VendingService(context) as service:
        # A process of its own: the server's threads use OpenSSL, too, and end whenever they like.
        forking = subprocess.run(
            [sys.executable, "-m", "tests.support.forking", service.endpoint],
            env={**os.environ, "AWS_CA_BUNDLE": str(bundle)},
            cwd=Path(__file__).parent.parent,
            capture_output=True,
            text=True,
            timeout=120,
        )
    assert (forking.returncode, forking.stdout, forking.stderr) == (0, "20 children\n", "")
