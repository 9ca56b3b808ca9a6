"""What a caller gets."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Token:
    """A vended token. Its `repr` does not contain the token itself."""

    access_token: str = field(repr=False)
    token_type: str
    #: UTC, by this machine's clock; None where the provider does not say how long the token lives.
    expires_at: datetime | None
    #: None where the provider does not say.
    scope: str | None = None


def fingerprint(access_token: str) -> str:
    """Lower-case hex SHA-256: the only form in which a token is reported."""
    return hashlib.sha256(access_token.encode()).hexdigest()
