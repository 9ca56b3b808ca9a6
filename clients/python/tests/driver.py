"""Carries out the commands of test/clients/README.md with this client, as its users would.

`TOKEN_VENDING_DRIVER_HTTP=requests` sends authorized and signed requests with requests; default: httpx.
"""

from __future__ import annotations

import asyncio
import io
import json
import logging
import os
import pprint
import sys
import time
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import requests

import token_vending.httpx
import token_vending.requests
from token_vending import AsyncVendingClient, Token, VendingClient, VendingError
from token_vending._tokens.workers import workers
from token_vending.clock import Clock
from token_vending.token import fingerprint

Command = dict[str, Any]
Result = dict[str, Any]

uses_requests = os.environ.get("TOKEN_VENDING_DRIVER_HTTP") == "requests"


class Driver:
    def __init__(self) -> None:
        self._aged_seconds = 0.0
        self._seen: list[Any] = []
        self._log = io.StringIO()
        logging.basicConfig(stream=self._log, level=logging.DEBUG)
        self._pool = ThreadPoolExecutor(200)
        self.new({})

    def new(self, command: Command) -> None:
        offset = command.get("wallOffsetMs", 0) / 1000
        clock = Clock(lambda: time.monotonic() + self._aged_seconds, lambda: time.time() + offset)
        given = command.get("endpoint"), command.get("region")
        self._client = AsyncVendingClient(*given, clock=clock)
        self._thread_client = VendingClient(*given, clock=clock)

    def advance(self, command: Command) -> None:
        self._aged_seconds += command["ms"] / 1000

    async def get_token(self, command: Command) -> list[Result]:
        async def get() -> Result:
            timeout = {"timeout": command["timeoutMs"] / 1000} if "timeoutMs" in command else {}
            asked = command["provider"], command.get("scope"), command.get("minTtlSeconds")
            return self._describe_token(await self._client.get_token(*asked, **timeout))

        tasks = [asyncio.ensure_future(self._result(get)) for _ in range(command.get("times", 1))]
        if "cancelAfterMs" in command:
            await asyncio.sleep(command["cancelAfterMs"] / 1000)
            tasks[0].cancel()
        return await asyncio.gather(*tasks)

    async def request(self, command: Command) -> list[Result]:
        module: Any = token_vending.requests if uses_requests else token_vending.httpx
        auth = module.VendingAuth(self._client, command["provider"], command.get("scope"))
        self._seen.append(auth)
        send = self._sender(auth, command)
        return await asyncio.gather(*(self._result(send) for _ in range(command.get("times", 1))))

    async def sign(self, command: Command) -> list[Result]:
        module: Any = token_vending.requests if uses_requests else token_vending.httpx
        auth = module.SigningAuth(self._client)
        self._seen.append(auth)
        return [await self._result(self._sender(auth, command))]

    async def settle(self, _: Command) -> None:
        await asyncio.get_running_loop().run_in_executor(self._pool, workers.settle)

    def inspect(self) -> str:
        seen = [self._client, self._thread_client, *self._seen]
        shown = [f"{thing} {thing!r} {format(thing)} {pprint.pformat(_inside(thing))}" for thing in seen[-20:]]
        return "\n".join([*shown, self._log.getvalue()])

    async def fork(self, command: Command) -> list[Result]:
        if not hasattr(os, "fork"):
            raise NotImplementedError("this system does not fork")
        provider = command.get("provider", "prove")
        loop = asyncio.get_running_loop()
        fresh = VendingClient(self._client._endpoint.url, self._client._endpoint.region)

        def get() -> Result:
            return self._describe_token(self._thread_client.get_token(provider))

        def get_fresh() -> Result:
            return self._describe_token(fresh.get_token(provider))

        first = await loop.run_in_executor(self._pool, get)
        children = [_fork(get), _fork(get), _fork(get_fresh)]
        threads = [loop.run_in_executor(self._pool, get) for _ in range(4)]
        read = [loop.run_in_executor(self._pool, _read, *child) for child in children]
        return [first, *await asyncio.gather(*read), *await asyncio.gather(*threads)]

    def _sender(self, auth: Any, command: Command) -> Callable[[], Awaitable[Result]]:
        method, url, headers = command.get("method", "GET"), command["url"], command.get("headers") or {}
        one_shot = command.get("oneShotBody")
        body = one_shot if isinstance(one_shot, str) else command.get("body")
        content = None if body is None else body.encode()

        async def send_with_httpx() -> Result:
            payload = _read_once_async(content) if one_shot else content
            async with httpx.AsyncClient(auth=auth, follow_redirects=True, timeout=60) as http:
                response = await http.request(method, url, content=payload, headers=headers)
                return _describe_answer(response.status_code, response.headers, response.text)

        def send_with_requests() -> Result:
            payload = _read_once(content) if one_shot else content
            with requests.Session() as session:
                response = session.request(method, url, data=payload, headers=headers, auth=auth, timeout=60)
                return _describe_answer(response.status_code, response.headers, response.text)

        async def send_in_thread() -> Result:
            return await asyncio.get_running_loop().run_in_executor(self._pool, send_with_requests)

        return send_in_thread if uses_requests else send_with_httpx

    async def _result(self, get: Callable[[], Awaitable[Result]]) -> Result:
        try:
            return await get()
        except asyncio.CancelledError:
            return {"cancelled": True}
        except Exception as error:
            self._seen.append(error)
            return describe_error(error)

    def _describe_token(self, token: Token) -> Result:
        self._seen.append(token)
        return {
            "sha256": fingerprint(token.access_token),
            "tokenType": token.token_type,
            "expiresAt": None if token.expires_at is None else token.expires_at.isoformat().replace("+00:00", "Z"),
            "scope": token.scope,
        }


def _inside(thing: Any) -> Any:
    return thing if isinstance(thing, Token) else vars(thing)


def describe_error(error: Exception) -> Result:
    known = error if isinstance(error, VendingError) else None
    text = f"{error} {error!r} {''.join(traceback.format_exception(type(error), error, error.__traceback__))}"
    return {
        "error": {
            "type": type(error).__name__,
            "status": known and known.status,
            "error": known and known.error,
            "description": known and known.description,
            "requestId": known and known.request_id,
            "retryAfterSeconds": known and known.retry_after_seconds,
            "text": text,
        }
    }


def _describe_answer(status: int, headers: Any, body: str) -> Result:
    return {"status": status, "headers": {name.lower(): value for name, value in headers.items()}, "body": body}


async def _read_once_async(body: bytes | None) -> AsyncIterator[bytes]:
    yield body or b""


def _read_once(body: bytes | None) -> Iterator[bytes]:
    yield body or b""


def _fork(get: Callable[[], Result]) -> tuple[int, int]:
    reader, writer = os.pipe()
    pid = os.fork()
    if pid != 0:
        os.close(writer)
        return pid, reader
    try:
        try:
            result = get()
        except Exception as error:
            result = describe_error(error)
        os.write(writer, json.dumps(result).encode())
    finally:
        os._exit(0)


def _read(pid: int, reader: int) -> Result:
    with open(reader, "rb") as pipe:
        text = pipe.read()
    os.waitpid(pid, 0)
    result: Result = json.loads(text)
    return result


async def carry_out(driver: Driver, command: Command) -> None:
    reply: Result = {"id": command["id"]}
    operations: Any = {
        "getToken": driver.get_token,
        "request": driver.request,
        "sign": driver.sign,
        "settle": driver.settle,
        "fork": driver.fork,
    }
    try:
        if command["op"] == "inspect":
            reply["text"] = driver.inspect()
        else:
            results = await operations[command["op"]](command)
            if results is not None:
                reply["results"] = results
    except NotImplementedError as error:
        reply["skipped"] = str(error)
    except Exception as error:
        reply["failed"] = f"{type(error).__name__}: {error}"
    write(reply)


def write(reply: Result) -> None:
    sys.stdout.write(json.dumps(reply) + "\n")
    sys.stdout.flush()


async def main() -> None:
    driver = Driver()
    running: set[asyncio.Task[None]] = set()
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        command: Command = json.loads(line)
        # The order of these matters to what comes after them.
        if command["op"] in ("new", "advance"):
            reply: Result = {"id": command["id"]}
            try:
                getattr(driver, command["op"])(command)
            except ValueError as error:
                reply["results"] = [describe_error(error)]
            write(reply)
            continue
        task = asyncio.ensure_future(carry_out(driver, command))
        running.add(task)
        task.add_done_callback(running.discard)
    await asyncio.gather(*running)


if __name__ == "__main__":
    asyncio.run(main())
