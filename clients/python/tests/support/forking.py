"""Forks again and again while four threads fetch tokens, and so while they set up OpenSSL and shake hands."""

from __future__ import annotations

import faulthandler
import itertools
import os
import sys
import threading
import warnings

from token_vending import VendingClient

warnings.simplefilter("ignore", DeprecationWarning)


def main(endpoint: str) -> None:
    client = VendingClient(endpoint)
    numbers = itertools.count()

    def fetch() -> None:
        while True:
            client.get_token("prove", scope=f"s{next(numbers)}")

    for _ in range(4):
        threading.Thread(target=fetch, daemon=True).start()
    for child in range(20):
        pid = os.fork()
        if pid == 0:
            # A child that hangs says where.
            faulthandler.dump_traceback_later(20, exit=True)
            client.get_token(f"child-{child}")
            VendingClient(endpoint).get_token("prove")
            os._exit(0)
        if os.waitpid(pid, 0)[1] != 0:
            sys.exit(f"child {child} hangs")
    sys.stdout.write("20 children\n")
    sys.stdout.flush()
    os._exit(0)


main(sys.argv[1])
