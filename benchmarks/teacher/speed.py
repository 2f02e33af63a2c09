"""Throughput of the teacher's client against a server with fixed latency, side by side with others.

    python benchmarks/teacher/speed.py                                  # ours, a bare loop, the server's own limit
    python benchmarks/teacher/speed.py --curator PYTHON --distilabel PYTHON   # interpreters of environments that have them
    python benchmarks/teacher/speed.py --requests 4000 --bytes 20000 --concurrency 2000 --latency 2   # thousands in flight

Every client asks the same number of questions with a picture of 200 kB each, 64 at once, of the same server process. The server
answers after 0.2 s, so nobody can exceed 64 / 0.2 = 320 a second. Rates are medians of the repeats; all clients share the machine
with the server. Where the machine is busy with other things, the client's CPU time a request says more than the rate (it includes
imports for the peers only). distilabel 1.5.3 needs the package ``requests`` beside ``distilabel[openai]``.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import openai
from pydantic import BaseModel

from annotate.endpoint.abilities import Abilities
from annotate.endpoint.client import Client
from annotate.endpoint.question import Image, Question
from annotate.endpoint.store import AnswerStore
from annotate.endpoint.stream import stream
from schemas.recipe import TeacherSettings

PORT = 8765
URL = f"http://127.0.0.1:{PORT}/v1"
PEERS = Path(__file__).with_name("peers")


class Text(BaseModel):
    description: str


@contextmanager
def server(latency: float) -> Iterator[None]:
    command = [sys.executable, "-m", "annotate.endpoint.loopback", "--port", str(PORT), "--latency", str(latency)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    try:
        yield
    finally:
        process.kill()
        process.wait()


def pictures(count: int, size: int) -> list[bytes]:
    """Eight different blocks of ``size`` bytes; the server does not look at them."""
    return [os.urandom(size) for _ in range(min(count, 8))]


def questions(files: list[bytes]):
    def make(i: int) -> Question:
        image = Image(f"picture {i}", 768, 512, lambda: files[i % len(files)])
        return Question(
            "local", "loopback", "Describe.", (f"Question {i}.", image), Text, temperature=0.7, max_tokens=100, seed=i
        )

    return make


def ours(count: int, files: list[bytes], concurrency: int, folder: Path) -> tuple[float, float]:
    """Seconds of a first run and of a run in which everything is stored."""
    settings = TeacherSettings(name="openai", url=URL, model="loopback", concurrency=concurrency)
    seconds = []
    for _ in range(2):
        start = time.perf_counter()
        store = AnswerStore(folder / "answers.sqlite")
        store.learn(URL, "loopback", Abilities(probed=True)).result()
        got = sum(outcome.value is not None for _, _, outcome in stream(Client(settings, store), range(count), questions(files)))
        store.close()
        seconds.append(time.perf_counter() - start)
        assert got == count
    return seconds[0], seconds[1]


def bare(count: int, files: list[bytes], concurrency: int) -> float:
    """Seconds of the shortest honest loop: AsyncOpenAI, a semaphore, nothing kept."""

    async def run() -> None:
        gate = asyncio.Semaphore(concurrency)
        async with openai.AsyncOpenAI(base_url=URL, api_key="none", max_retries=0) as client:

            async def one(i: int) -> None:
                async with gate:
                    url = "data:image/png;base64," + base64.b64encode(files[i % len(files)]).decode()
                    content = [{"type": "text", "text": f"Question {i}."}, {"type": "image_url", "image_url": {"url": url}}]
                    messages = [{"role": "system", "content": "Describe."}, {"role": "user", "content": content}]
                    await client.chat.completions.create(model="loopback", messages=messages, max_tokens=100)

            await asyncio.gather(*(one(i) for i in range(count)))

    start = time.perf_counter()
    asyncio.run(run())
    return time.perf_counter() - start


def limit(count: int, files: list[bytes], concurrency: int) -> float:
    """Seconds of the cheapest client there can be: ready-made bytes on open sockets. What the server itself can serve."""
    body = json.dumps({"model": "m", "messages": [{"role": "user", "content": base64.b64encode(files[0]).decode()}]}).encode()
    head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: {len(body)}\r\n\r\n".encode()

    async def run() -> None:
        left = iter(range(count))

        async def worker() -> None:
            reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
            for _ in left:
                writer.writelines((head, body))
                answer = await reader.readuntil(b"\r\n\r\n")
                length = int(answer.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                await reader.readexactly(length)
            writer.close()

        await asyncio.gather(*(worker() for _ in range(concurrency)))

    start = time.perf_counter()
    asyncio.run(run())
    return time.perf_counter() - start


def peer(python: str, script: str, options: argparse.Namespace, folder: Path) -> tuple[float, float] | None:
    """Seconds of a peer's first run and of its second, as its script prints them."""
    arguments = [
        python,
        str(PEERS / script),
        URL,
        str(options.requests),
        str(options.bytes),
        str(options.concurrency),
        str(folder),
    ]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=900, check=False)
    lines = [line for line in done.stdout.splitlines() if line.startswith("seconds ")]
    if not lines:
        print(f"{script}: {done.stderr[-600:]}", file=sys.stderr)
        return None
    first, second = map(float, lines[-1].split()[1:3])
    return first, second


def cpu_seconds() -> float:
    """CPU time of this process and of those it waited for; the server is never waited for while it runs."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--bytes", type=int, default=200_000)
    parser.add_argument("--concurrency", type=int, default=64)
    parser.add_argument("--latency", type=float, default=0.2)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--curator", default="", help="Python that has bespokelabs-curator")
    parser.add_argument("--distilabel", default="", help="Python that has distilabel")
    options = parser.parse_args()
    files = pictures(options.requests, options.bytes)
    bound = options.concurrency / options.latency
    rates: dict[str, list[float]] = {}
    resumes: dict[str, list[float]] = {}
    work: dict[str, list[float]] = {}
    spent = cpu_seconds()

    def note(name: str, first: float, second: float | None = None) -> None:
        nonlocal spent
        work.setdefault(name, []).append(1000 * (cpu_seconds() - spent) / options.requests)
        spent = cpu_seconds()
        rates.setdefault(name, []).append(options.requests / first)
        if second is not None:
            resumes.setdefault(name, []).append(second)
        again = "" if second is None else f", again {second:.2f} s"
        print(f"{name:<22} {first:7.2f} s  {options.requests / first:7.1f} /s{again}", flush=True)

    with server(options.latency):
        for _ in range(options.repeats):
            note("server's own limit", limit(options.requests, files, options.concurrency))
            try:
                note("bare asyncio + openai", bare(options.requests, files, options.concurrency))
            except openai.OpenAIError as error:
                print(f"bare asyncio + openai  gave up: {type(error).__name__}: {error}", flush=True)
                spent = cpu_seconds()
            with tempfile.TemporaryDirectory() as folder:
                note("annotate", *ours(options.requests, files, options.concurrency, Path(folder)))
        for name in ("curator", "distilabel"):
            if python := getattr(options, name):
                with tempfile.TemporaryDirectory() as folder:
                    if (found := peer(python, f"{name}_peer.py", options, Path(folder))) is not None:
                        note(name, *found)
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"\nupper bound {bound:.0f} /s; {machine}")
    for name, values in rates.items():
        again = f"  again in {statistics.median(resumes[name]):.2f} s" if name in resumes else ""
        rate, cpu = statistics.median(values), statistics.median(work[name])
        print(f"{name:<22} {rate:7.1f} /s  {rate / bound:6.1%} of the bound  {cpu:5.2f} ms CPU a request{again}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of this process {peak:.0f} MB")


if __name__ == "__main__":
    main()
