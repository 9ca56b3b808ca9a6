"""HTTP servers on loopback that answer as a test says."""

from __future__ import annotations

import hashlib
import json
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Callable, TypeVar, Union
from urllib.parse import parse_qsl


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode()))


@dataclass(frozen=True)
class Reply:
    status: int = 200
    body: bytes | str | Mapping[str, Any] = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    #: Sent instead of everything else, and then the connection is closed.
    raw: bytes | None = None


Self = TypeVar("Self", bound="Server")
Answer = Union[Reply, Callable[[Request], Reply]]


class Server:
    """Answers with what `script` holds, one after the other, and then with `default`."""

    def __init__(self, default: Answer, tls: ssl.SSLContext | None = None) -> None:
        self.default = default
        self.script: list[Answer] = []
        self.requests: list[Request] = []
        self._changed = threading.Condition()
        self._open = threading.Event()
        self._open.set()
        self._http = _HttpServer(self)
        self.origin = f"{'http' if tls is None else 'https'}://127.0.0.1:{self._http.server_address[1]}"
        if tls is not None:
            # The handshake waits for the handler's thread.
            self._http.socket = tls.wrap_socket(self._http.socket, server_side=True, do_handshake_on_connect=False)
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    def __enter__(self: Self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._open.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def hold(self) -> None:
        """Answers nothing until `release`."""
        self._open.clear()

    def release(self) -> None:
        self._open.set()

    def wait_for_requests(self, count: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.requests) >= count, timeout=20)

    def answer(self, request: Request) -> Reply:
        with self._changed:
            self.requests.append(request)
            answer = self.script.pop(0) if self.script else self.default
            self._changed.notify_all()
        assert self._open.wait(timeout=30)
        return answer(request) if callable(answer) else answer


class _HttpServer(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, server: Server) -> None:
        self.server = server
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _HttpServer

    def do_any(self) -> None:
        body = self._read_body()
        request = Request(self.command, self.path, {n.lower(): v for n, v in self.headers.items()}, body)
        reply = self.server.server.answer(request)
        if reply.raw is not None:
            self.wfile.write(reply.raw)
            self.close_connection = True
            return
        content = reply.body if isinstance(reply.body, (bytes, str)) else json.dumps(reply.body)
        content = content.encode() if isinstance(content, str) else content
        headers = {"content-type": "application/json", "content-length": str(len(content)), **reply.headers}
        self.send_response_only(reply.status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_CONNECT = do_any  # noqa: N815

    def _read_body(self) -> bytes:
        if self.headers.get("transfer-encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("content-length", 0)))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


class VendingService(Server):
    """Vends token-1, token-2, … and knows what each of its `script` stands for."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(self.token, tls)
        self.vended = 0
        self.endpoint = f"{self.origin}/v1"

    def token(self, request: Request | None = None, **fields: Any) -> Reply:
        self.vended += 1
        body = {"access_token": f"token-{self.vended}", "token_type": "Bearer", "expires_in": 3600, **fields}
        return Reply(200, {name: value for name, value in body.items() if value is not None})

    def will_vend(self, rejection: str | None = None, **fields: Any) -> None:
        """The next token has these fields; None leaves one out."""
        headers = {} if rejection is None else {"x-token-rejection": rejection}
        self.script.append(lambda _: Reply(200, self.token(**fields).body, headers))

    def will_fail(self, status: int, error: str | None = None, **headers: str) -> None:
        body = {"error": error, "error_description": f"About {error}."} if error else {"message": "Forbidden"}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.script.append(Reply(status, body, named))

    def will_reply(self, *replies: Reply) -> None:
        self.script.extend(replies)

    @property
    def forms(self) -> list[dict[str, str]]:
        return [request.form for request in self.requests]


class Api(Server):
    """A provider's API: it refuses every token that is not good."""

    def __init__(self) -> None:
        super().__init__(self.judge)
        #: None while any token will do.
        self.good: str | None = None

    def judge(self, request: Request) -> Reply:
        is_good = self.good is None or request.headers.get("authorization") == f"Bearer {self.good}"
        return Reply(200, request.body, {"content-type": "text/plain"}) if is_good else Reply(401, {"message": "No"})

    @property
    def tokens(self) -> list[str | None]:
        return [request.headers.get("authorization") for request in self.requests]


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
