"""Where tokens are vended."""

from __future__ import annotations

import ipaddress
import os
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urlsplit

import botocore.session

_REGION_IN_HOST = re.compile(r"\.execute-api\.([a-z0-9-]+)\.(?:vpce\.)?(?:amazonaws\.com(?:\.cn)?|api\.aws)$")
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Endpoint:
    #: With the stage and without a slash at its end.
    url: str
    region: str

    @property
    def is_loopback(self) -> bool:
        return _is_loopback(urlsplit(self.url).hostname)

    def token_url(self, provider: str) -> str:
        if provider in ("", ".", ".."):
            raise ValueError("a provider's name is needed, such as 'prove'")
        return f"{self.url}/tokens/{quote(provider, safe='')}"

    def covers(self, url: str) -> bool:
        """Whether a request to `url` is one to the vending service, and so may be signed."""
        own, other = urlsplit(self.url), urlsplit(url)
        return _origin(own) == _origin(other) and other.path.startswith(f"{own.path}/")


def parse_endpoint(url: str | None, region: str | None) -> Endpoint:
    """Falls back on the environment: `TOKEN_VENDING_ENDPOINT`, `AWS_REGION`, and then botocore's default region.

    Raises ValueError where the endpoint is missing or neither https nor loopback, or the region is unknown.
    """
    url = url or os.environ.get("TOKEN_VENDING_ENDPOINT")
    if not url:
        raise ValueError("no endpoint: pass one or set TOKEN_VENDING_ENDPOINT")
    parts = urlsplit(url)
    if not parts.hostname or parts.port == 0 or not url.isascii() or not url.isprintable() or " " in url:
        raise ValueError("the endpoint must be a URL, such as https://….execute-api.us-east-1.amazonaws.com/v1")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(parts.hostname)):
        raise ValueError("the endpoint must be https (http only on loopback)")
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError("the endpoint must have no user, query or fragment")
    region = region or _region_in_host(parts.hostname) or os.environ.get("AWS_REGION") or _default_region()
    if not region:
        raise ValueError("no region: pass one or set AWS_REGION")
    return Endpoint(f"{parts.scheme}://{parts.netloc}{parts.path}".rstrip("/"), region)


def _origin(url: SplitResult) -> tuple[str, str | None, int | None]:
    return url.scheme, url.hostname, url.port or _DEFAULT_PORTS.get(url.scheme)


def _is_loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def _region_in_host(host: str) -> str | None:
    match = _REGION_IN_HOST.search(host)
    return match[1] if match else None


def _default_region() -> str | None:
    region: str | None = botocore.session.Session().get_config_variable("region")
    return region
