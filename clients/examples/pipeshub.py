"""PipesHub's Python SDK without its client secret: it gets its tokens from the vending endpoint.

pip install pipeshub-sdk, and token-vending-client[httpx] as clients/python/README.md says
TOKEN_VENDING_ENDPOINT=https://….amazonaws.com/v1 python pipeshub.py https://pipeshub.example.com/api/v1
"""

from __future__ import annotations

import sys

import httpx
from pipeshub_sdk import Pipeshub
from pipeshub_sdk.errors import PipeshubError
from pipeshub_sdk.models import SchemeOauth2, Security

from token_vending import VendingClient
from token_vending.httpx import SigningAuth


def connect(server_url: str, vending: VendingClient) -> Pipeshub:
    # The SDK asks for a token per operation, with the scopes that the operation needs. It shares its sessions with the
    # whole process, by client id and secret, so the made-up id has to tell providers apart: take the provider's name.
    oauth2 = SchemeOauth2(client_id="pipeshub", client_secret="unused", token_url=vending.token_url("pipeshub"))
    # SigningAuth signs what goes to the vending endpoint, and watches the rest. When PipesHub answers 401, the SDK
    # fails and drops its token. With the next call it asks for one, and gets another: the old one is reported then.
    http = httpx.Client(auth=SigningAuth(vending), timeout=30)
    return Pipeshub(server_url=server_url, security=Security(oauth2=oauth2), client=http)


def list_knowledge_bases(pipeshub: Pipeshub) -> list[str]:
    try:
        answer = pipeshub.knowledge_base.list_knowledge_bases()
    except PipeshubError as error:
        if error.status_code != 401:
            raise
        answer = pipeshub.knowledge_base.list_knowledge_bases()
    return [str(found.name) for found in answer.knowledge_bases or []]


if __name__ == "__main__":
    print(list_knowledge_bases(connect(sys.argv[1], VendingClient())))
