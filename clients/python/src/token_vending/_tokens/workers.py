"""The threads that send requests, of the whole process."""

from __future__ import annotations

import queue
import threading
from typing import Callable

from token_vending.fork import forget_in_child

_MAX_IDLE = 4


class Workers:
    """Daemon threads, which hold up nobody's exit.

    Some are kept for the next job. When a thread that has used OpenSSL ends, OpenSSL cleans up after it under a lock;
    were that the moment at which those who got their token from it fork, the child could never use TLS.
    """

    def __init__(self) -> None:
        self.forget_process()
        forget_in_child(self)

    def forget_process(self) -> None:
        self._lock = threading.Lock()
        self._idle = 0
        self._jobs: queue.Queue[Callable[[], None]] = queue.Queue()

    def run(self, job: Callable[[], None]) -> None:
        with self._lock:
            is_idle = self._idle > 0
            self._idle -= is_idle
        self._jobs.put(job)
        if is_idle:
            return
        try:
            threading.Thread(target=self._work, name="token-vending", daemon=True).start()
        except RuntimeError:
            # The interpreter is shutting down, or the system has no more threads.
            self._do_next()

    def settle(self) -> None:
        """For tests: waits until all jobs are done."""
        self._jobs.join()

    def _work(self) -> None:
        while True:
            self._do_next()
            with self._lock:
                if self._idle == _MAX_IDLE:
                    return
                self._idle += 1

    def _do_next(self) -> None:
        job = self._jobs.get()
        try:
            job()
        finally:
            self._jobs.task_done()


workers = Workers()
