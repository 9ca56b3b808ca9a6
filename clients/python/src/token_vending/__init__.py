"""Short-lived OAuth 2.0 access tokens from a token vending endpoint, with the caller's AWS identity."""

from token_vending.client import AsyncVendingClient, VendingClient
from token_vending.errors import VendingError
from token_vending.token import Token

__all__ = ["AsyncVendingClient", "Token", "VendingClient", "VendingError"]
