"""A small chat completion server on 127.0.0.1: for rehearsals, tests and benchmarks. It can also behave as badly as real ones.

python -m annotate.endpoint.loopback --port 8100 --latency 0.2
"""

from __future__ import annotations

import argparse
import asyncio
import json
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from types import TracebackType
from typing import Any, Literal, Self

from schemas.errors import UsageError

__all__ = ["Call", "Loopback", "Reply", "completion"]

Manner = Literal["plain", "hang", "drop", "drip", "half"]


@dataclass(frozen=True)
class Call:
    """A request as it came in."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @cached_property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    """What is sent back."""

    body: bytes | dict[str, Any] = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    """seconds before anything is sent"""
    manner: Manner = "plain"
    """hang: never answer; drop: close the connection; drip: a byte every tenth of a second; half: close amid the body"""


Respond = Callable[[Call], Reply | Awaitable[Reply]]


def completion(text: str, *, finish: str = "stop", tokens: tuple[int, int] = (100, 20), **message: Any) -> dict[str, Any]:
    """The body of a chat completion; ``tokens`` are those of prompt and answer."""
    usage = {"prompt_tokens": tokens[0], "completion_tokens": tokens[1], "total_tokens": sum(tokens)}
    choice = {"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": text, **message}}
    return {"id": "c", "object": "chat.completion", "created": 0, "model": "loopback", "choices": [choice], "usage": usage}


class Loopback:
    """A server in a thread of its own; a context manager. ``calls`` holds all requests so far."""

    def __init__(self, respond: Respond, port: int = 0, *, remember: bool = True) -> None:
        self._respond, self._port, self._remember = respond, port, remember
        self.calls: list[Call] = []
        self.times: list[float] = []
        """when each of ``calls`` came in, by the monotonic clock"""
        self.most_at_once = 0
        self._at_once = 0
        self._started = threading.Event()
        self._problem: OSError | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    @property
    def url(self) -> str:
        """The base URL for clients."""
        return f"http://127.0.0.1:{self._port}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        self._started.wait()
        if self._problem is not None:
            raise UsageError(f"The server cannot listen on port {self._port}: {self._problem.strerror}. Give another port.")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()

    async def _serve(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        self._connections: set[asyncio.Task[None]] = set()
        try:
            server = await asyncio.start_server(self._accept, "127.0.0.1", self._port, backlog=4096)
        except OSError as error:
            self._problem = error
            self._started.set()
            return
        self._port = server.sockets[0].getsockname()[1]
        self._started.set()
        await self._over.wait()
        server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            while await self._exchange(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._connections.discard(task)
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        call = await _read(reader)
        if self._remember:
            self.calls.append(call)
            self.times.append(time.monotonic())
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            given = self._respond(call)
            reply = given if isinstance(given, Reply) else await given
            await asyncio.sleep(reply.delay)
            return await _write(writer, reply)
        finally:
            self._at_once -= 1


async def _read(reader: asyncio.StreamReader) -> Call:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, path, _ = head[0].split(" ", 2)
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    return Call(method, path, headers, await _body(reader, headers))


async def _body(reader: asyncio.StreamReader, headers: Mapping[str, str]) -> bytes:
    if headers.get("transfer-encoding") != "chunked":
        return await reader.readexactly(int(headers.get("content-length", "0")))
    parts = []
    while size := int(await reader.readline(), 16):
        parts.append(await reader.readexactly(size))
        await reader.readline()
    await reader.readline()
    return b"".join(parts)


async def _write(writer: asyncio.StreamWriter, reply: Reply) -> bool:
    """Sends a reply in its manner; whether the connection may be used again."""
    if reply.manner == "hang":
        await asyncio.sleep(3600)
    if reply.manner == "drop":
        return False
    body = json.dumps(reply.body).encode() if isinstance(reply.body, dict) else reply.body
    headers = {"content-type": "application/json", **reply.headers, "content-length": str(len(body))}
    head = f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + "\r\n"
    writer.write(head.encode("latin-1"))
    if reply.manner == "drip":
        for byte in body:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0.1)
    else:
        writer.write(body[: len(body) // 2] if reply.manner == "half" else body)
    await writer.drain()
    return reply.manner != "half"


def main() -> None:
    """Answers every chat completion with the same description after a fixed time; GET /v1/calls tells how many there were."""
    options = argparse.ArgumentParser(description=main.__doc__)
    options.add_argument("--port", type=int, default=8100)
    options.add_argument("--latency", type=float, default=0.0, help="seconds before an answer")
    options.add_argument(
        "--text", default='{"description": "A plain text.", "colour": "heliotrope-7"}', help="content of each answer"
    )
    given = options.parse_args()
    answer = json.dumps(completion(given.text)).encode()
    served = 0

    def respond(call: Call) -> Reply:
        nonlocal served
        if call.method == "GET":
            return Reply({"calls": served})
        served += 1
        return Reply(answer, delay=given.latency)

    with Loopback(respond, given.port, remember=False) as server:
        print(f"{server.url} answers", flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
