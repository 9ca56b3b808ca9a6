"""Measures the Python client and its nearest peer, and prints JSON."""

import json
import sys
import time
import tracemalloc

from authlib.integrations.requests_client import OAuth2Session
from token_vending import VendingClient

calls = int(sys.argv[1])
client = VendingClient()
token = {"access_token": "of-a-benchmark", "token_type": "Bearer", "expires_at": time.time() + 86_400}
session = OAuth2Session("unused", token=token)


def call(way, count):
    for _ in range(count):
        way()


def allocated(way):
    """Bytes that one call allocates at most at a time."""
    call(way, 100)
    tracemalloc.start()
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    way()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak - before


def measure(name, way):
    call(way, calls // 10)
    started = time.perf_counter_ns()
    call(way, calls)
    per_call = (time.perf_counter_ns() - started) / calls
    return {"name": name, "nanosecondsPerCall": per_call, "allocatedBytesPerCall": allocated(way)}


ways = {
    "token-vending-client": lambda: client.get_token("prove"),
    "Authlib": lambda: session.ensure_active_token(session.token),
}
print(json.dumps({"language": "python", "cachedToken": [measure(name, way) for name, way in ways.items()]}))
