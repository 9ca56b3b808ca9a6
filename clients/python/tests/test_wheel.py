from __future__ import annotations

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from tests.support.server import VendingService

PROJECT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--outdir", str(target), str(PROJECT))
    [wheel] = target.glob("*.whl")
    return wheel


def run(*command: str, **environment: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **environment}, timeout=300)
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


def test_holds_the_package_and_nothing_else(wheel: Path) -> None:
    files = set(zipfile.ZipFile(wheel).namelist())
    assert {"token_vending/__init__.py", "token_vending/httpx.py", "token_vending/py.typed"} <= files
    assert {name.partition("/")[0] for name in files} == {"token_vending", "token_vending_client-0.1.0.dist-info"}
    assert "token_vending_client-0.1.0.dist-info/licenses/LICENSE" in files


def test_installs_in_an_empty_environment_and_gets_a_token(
    wheel: Path, service: VendingService, tmp_path: Path
) -> None:
    venv.create(tmp_path, with_pip=True)
    python = str(tmp_path / "bin" / "python")
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(wheel))
    program = "import token_vending as t; print(t.VendingClient().get_token('prove').access_token)"
    assert run(python, "-c", program, TOKEN_VENDING_ENDPOINT=service.endpoint) == "token-1\n"
    for extra in ("httpx", "requests"):
        failed = subprocess.run([python, "-c", f"import token_vending.{extra}"], capture_output=True, text=True)
        assert f"No module named '{extra}'" in failed.stderr
