"""The repository's local stack, as `npm start` runs it."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[4]


def is_installed() -> bool:
    return shutil.which("node") is not None and (ROOT / "node_modules").is_dir()


@contextmanager
def run_local_stack(folder: Path) -> Iterator[dict[str, Any]]:
    """Runs it in a folder of its own. Yields what it writes to .local/stack.json."""
    command = ["node", str(ROOT / "toolchain/node.js"), str(ROOT / "local/start.ts"), "--port", "0"]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        written = [line for line in iter(process.stdout.readline, "Get a token:\n") if line]
        assert process.poll() is None, written
        yield json.loads((folder / ".local/stack.json").read_text())
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
