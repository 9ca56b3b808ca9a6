"""What the service's answer means. Pure; nothing that is raised or returned quotes a body that may hold a token."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any

from token_vending._http.transport import Answer
from token_vending.clock import Moment
from token_vending.errors import VendingError
from token_vending.token import Token

_MAX_LIFETIME_SECONDS = 30 * 86_400

# RFC 6750 §2.1, and what can stand in a header at all.
_ACCESS_TOKEN = re.compile(r"[\x21-\x7e]+")
_NUMBER = re.compile(r"\d{1,15}(\.\d{1,15})?")
_MAX_DESCRIPTION = 500


@dataclass(frozen=True)
class Vended:
    token: Token
    #: Before the request was sent.
    asked_at: Moment
    #: None where the provider does not say how long the token lives.
    lifetime_seconds: float | None
    #: What became of a report: `replaced`, `unknown` or `kept`.
    rejection: str | None


def judge(answer: Answer, asked_at: Moment) -> Vended | VendingError:
    body = _parse_json(answer.body)
    if answer.status != 200:
        return _judge_error(answer, body if isinstance(body, dict) else {}, asked_at)
    vended = _judge_token(body, asked_at, answer.headers.get("x-token-rejection")) if isinstance(body, dict) else None
    return vended or _error(answer, "invalid_response", "The endpoint's answer is not a token")


def _judge_token(body: dict[str, Any], asked_at: Moment, rejection: str | None) -> Vended | None:
    access_token, scope = body.get("access_token"), body.get("scope")
    token_type = body.get("token_type", "Bearer")
    if not isinstance(access_token, str) or not _ACCESS_TOKEN.fullmatch(access_token):
        return None
    if not isinstance(token_type, str) or token_type.lower() != "bearer":
        return None
    if scope is not None and not isinstance(scope, str):
        return None
    if body.get("expires_in") is None:
        return Vended(Token(access_token, "Bearer", None, scope), asked_at, None, rejection)
    lifetime = _parse_lifetime(body["expires_in"])
    if lifetime is None:
        return None
    expires_at = datetime.fromtimestamp(asked_at.wall + lifetime, timezone.utc)
    return Vended(Token(access_token, "Bearer", expires_at, scope), asked_at, lifetime, rejection)


def _parse_lifetime(value: object) -> float | None:
    """Whole numbers are what the service sends; others are taken as it takes a provider's."""
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not value >= 1:
        return None
    return min(value, _MAX_LIFETIME_SECONDS)


def _judge_error(answer: Answer, body: dict[str, Any], asked_at: Moment) -> VendingError:
    message = body.get("message") or body.get("Message")
    description = body.get("error_description") or message
    error = body.get("error")
    if not isinstance(error, str) or not error:
        error = _api_gateway_error(answer) if isinstance(message, str) else "invalid_response"
    if not isinstance(description, str):
        description = "The endpoint's answer is not one of the vending service"
    retry_after = _parse_retry_after(answer.headers, asked_at.wall)
    return _error(answer, error, description, retry_after)


def _api_gateway_error(answer: Answer) -> str:
    """What the service calls it, where API Gateway answers in its own words."""
    if answer.status == 403:
        is_denied = answer.headers.get("x-amzn-errortype", "").startswith("AccessDenied")
        return "unauthorized_client" if is_denied else "invalid_client"
    return "temporarily_unavailable" if answer.status in (429, 503) else "invalid_response"


def _error(answer: Answer, error: str, description: str, retry_after: int | None = None) -> VendingError:
    # A REST API's header, or an HTTP API's.
    request_id = answer.headers.get("x-amzn-requestid") or answer.headers.get("apigw-requestid")
    return VendingError(
        _printable(error),
        _printable(description),
        status=answer.status,
        request_id=None if request_id is None else _printable(request_id),
        retry_after_seconds=retry_after,
    )


def _parse_retry_after(headers: Any, now: float) -> int | None:
    """RFC 9110 §10.2.3: seconds or a date, which means what it means by the sender's own clock."""
    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", value):
        return int(value)
    try:
        date = headers.get("date")
        now = parsedate_to_datetime(date).timestamp() if date else now
        return max(0, math.ceil(parsedate_to_datetime(value).timestamp() - now))
    except (TypeError, ValueError, OverflowError):
        return None


def _parse_json(body: bytes) -> object:
    try:
        parsed: object = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return parsed


def _printable(text: str) -> str:
    """One line, which can stand in a log. API Gateway's further ones repeat a request, with its session token."""
    line = text.lstrip()[:_MAX_DESCRIPTION].partition("\n")[0]
    return "".join(character if character.isprintable() else "?" for character in line)
