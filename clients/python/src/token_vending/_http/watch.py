"""What the signing layer remembers: which tokens an SDK was given, and which of them its API has refused."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from urllib.parse import parse_qs, urlencode

from token_vending.fork import forget_in_child
from token_vending.token import fingerprint

_MAX_TOKENS = 256
_FORM = "application/x-www-form-urlencoded"
_REJECTED = "rejected_token_sha256"

#: Token URL and scope.
Origin = tuple[str, str]


class Watch:
    """Safe to use from several threads. Knows fingerprints only."""

    def __init__(self) -> None:
        self._vended: OrderedDict[str, Origin] = OrderedDict()
        self._refused: dict[Origin, str] = {}
        self.forget_process()
        forget_in_child(self)

    def forget_process(self) -> None:
        self._lock = threading.Lock()

    def add_report(self, url: str, content_type: str | None, body: bytes) -> bytes:
        """Returns the form to send: with a report where an API has refused the token that this form got before."""
        origin = _origin(url, body)
        with self._lock:
            refused = self._refused.get(origin)
        if refused is None or (body and not _is_form(content_type)) or _REJECTED.encode() in body:
            return body
        return b"&".join(filter(None, [body, urlencode({_REJECTED: refused}).encode()]))

    def saw_vend(self, url: str, body: bytes, status: int, answer: bytes) -> None:
        """Takes the answer to a form as it was sent."""
        token = _access_token(answer) if status == 200 else None
        if token is None:
            return
        origin = _origin(url, body)
        with self._lock:
            self._vended[fingerprint(token)] = origin
            if len(self._vended) > _MAX_TOKENS:
                self._vended.popitem(last=False)
            refused = self._refused.get(origin)
            if refused is not None and refused.encode() in body:
                del self._refused[origin]

    def saw_api(self, authorization: str | None, status: int) -> None:
        """Takes an API's answer to a request with this `Authorization` header."""
        scheme, _, token = (authorization or "").partition(" ")
        if status != 401 or scheme.lower() != "bearer":
            return
        refused = fingerprint(token)
        with self._lock:
            origin = self._vended.get(refused)
            if origin is not None:
                self._refused[origin] = refused
            if len(self._refused) > _MAX_TOKENS:
                del self._refused[next(iter(self._refused))]


def _origin(url: str, body: bytes) -> Origin:
    scopes = parse_qs(body.decode("latin-1")).get("scope", [""])[0].split(" ")
    return url.partition("?")[0], " ".join(sorted({scope for scope in scopes if scope}))


def _is_form(content_type: str | None) -> bool:
    return (content_type or "").partition(";")[0].strip().lower() == _FORM


def _access_token(answer: bytes) -> str | None:
    try:
        body = json.loads(answer)
    except (ValueError, RecursionError):
        return None
    token = body.get("access_token") if isinstance(body, dict) else None
    return token if isinstance(token, str) else None
