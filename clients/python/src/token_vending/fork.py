"""What a fork must find, and what a forked child must forget."""

from __future__ import annotations

import os
import threading
import weakref
from typing import Protocol


class Inherited(Protocol):
    def forget_process(self) -> None:
        """Makes the locks anew, which a thread of the parent may have held, and drops what its threads were about."""


#: Held while OpenSSL is set up. It has locks of its own, which nothing can make anew in a child.
openssl_lock = threading.RLock()

_inherited: weakref.WeakSet[Inherited] = weakref.WeakSet()


def forget_in_child(thing: Inherited) -> None:
    _inherited.add(thing)


def _forget_process() -> None:
    openssl_lock.release()
    for thing in _inherited:
        thing.forget_process()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=openssl_lock.acquire, after_in_parent=openssl_lock.release, after_in_child=_forget_process
    )
