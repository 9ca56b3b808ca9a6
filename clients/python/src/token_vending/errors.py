"""What a caller catches."""

from __future__ import annotations

import functools
from typing import Any


class VendingError(Exception):
    """No token. `error` is stable; it is one of the service's own (`unknown_provider`, …) or one of these:

    - `network_error`: no answer from the endpoint
    - `timeout`: no token within the caller's deadline
    - `no_credentials`: no AWS credentials, or none that can be read
    - `invalid_response`: neither a token nor one of the service's errors; `status` says what it was
    - `client_failure`: a defect of this client

    Neither the text nor any attribute contains a token.
    """

    def __init__(
        self,
        error: str,
        description: str,
        *,
        status: int | None = None,
        request_id: str | None = None,
        retry_after_seconds: int | None = None,
    ) -> None:
        super().__init__(error, description)
        self.error = error
        self.description = description
        #: HTTP status of the answer; None where there was none.
        self.status = status
        #: API Gateway's, which the service logs.
        self.request_id = request_id
        self.retry_after_seconds = retry_after_seconds

    def __str__(self) -> str:
        status = "" if self.status is None else f"{self.status} "
        request_id = "" if self.request_id is None else f" (request {self.request_id})"
        return f"{status}{self.error}: {self.description}{request_id}"

    def __reduce__(self) -> tuple[Any, ...]:
        details = {name: getattr(self, name) for name in ("status", "request_id", "retry_after_seconds")}
        return functools.partial(VendingError, self.error, self.description, **details), ()

    def copy(self, retry_after_seconds: int | None) -> VendingError:
        """One for each caller: an exception raised in several threads would collect all their tracebacks."""
        copy = VendingError(
            self.error,
            self.description,
            status=self.status,
            request_id=self.request_id,
            retry_after_seconds=retry_after_seconds,
        )
        copy.__cause__ = self.__cause__
        return copy
