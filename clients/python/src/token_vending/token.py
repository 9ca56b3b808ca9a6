"""What a caller gets."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Token:
    """A vended token. Its `repr` shows its SHA-256 instead of itself."""

    access_token: str
    token_type: str
    #: UTC, by this machine's clock; None where the provider does not say how long the token lives.
    expires_at: datetime | None
    #: None where the provider does not say.
    scope: str | None = None

    def __repr__(self) -> str:
        sha256 = fingerprint(self.access_token)
        return f"Token({sha256=}, token_type={self.token_type!r}, expires_at={self.expires_at!r}, scope={self.scope!r})"


def fingerprint(access_token: str) -> str:
    """Lower-case hex SHA-256: the only form in which a token is reported."""
    return hashlib.sha256(access_token.encode()).hexdigest()
