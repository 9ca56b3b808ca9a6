from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.support.server import Api, VendingService

PAGE = (Path(__file__).parent.parent / "README.md").read_text()
PROGRAMS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("program", PROGRAMS, ids=[str(number) for number in range(len(PROGRAMS))])
def test_its_programs_run(
    service: VendingService,
    api: Api,
    program: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("TOKEN_VENDING_ENDPOINT", service.endpoint)
    if "nobody" in program:
        service.will_fail(404, "unknown_provider", x_amzn_requestid="r-1")
    names: dict[str, Any] = {}
    exec(program.replace("https://api.example.com", api.origin), names)
    for name in {"http", "session", "response"} & set(names):
        names[name].close()
    assert service.requests[0].path in ("/v1/tokens/prove", "/v1/tokens/nobody")
    assert "example.com" not in program or api.tokens == ["Bearer token-1"]
    expected = ("token-1 2", "404 unknown_provider About unknown_provider. r-1 None")
    assert capsys.readouterr().out.startswith(expected) is ("print(" in program)


def test_it_has_programs() -> None:
    assert len(PROGRAMS) == 6
