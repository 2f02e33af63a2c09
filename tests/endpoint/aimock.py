"""aimock (npm @copilotkit/aimock) for the test session, where Node is there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SCRIPT = Path(__file__).with_name("aimock_server.mjs")


class NoAimockError(Exception):
    """The message says why."""


class Aimock:
    def __init__(self, root: str) -> None:
        self.root, self.url = root, f"{root}/v1"

    def journal(self) -> list[dict]:
        """Every chat completion request so far."""
        with urllib.request.urlopen(f"{self.root}/__aimock/journal?limit=10000", timeout=10) as response:
            entries = json.load(response)
        entries = entries if isinstance(entries, list) else entries.get("entries", entries.get("requests", []))
        return [entry for entry in entries if entry["path"].endswith("/chat/completions")]

    def chaos(self, **rates: float) -> None:
        """Sets rates of failure; none clears them."""
        request = urllib.request.Request(
            f"{self.root}/__aimock/chaos",
            json.dumps(rates).encode() if rates else None,
            {"Content-Type": "application/json"},
            method="POST" if rates else "DELETE",
        )
        urllib.request.urlopen(request, timeout=10).close()


def package(folder: Path) -> Path:
    """The installed package: $AIMOCK, or fetched through npm into ``folder``."""
    if given := os.environ.get("AIMOCK"):
        return Path(given)
    if shutil.which("node") is None or shutil.which("npm") is None:
        raise NoAimockError("Node is not installed")
    command = ["npm", "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--prefer-offline", "@copilotkit/aimock"]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=120)
    except (subprocess.SubprocessError, OSError) as error:
        raise NoAimockError(f"npm cannot install @copilotkit/aimock: {error}") from error
    return folder / "node_modules" / "@copilotkit" / "aimock"


@contextmanager
def aimock(folder: Path, fixtures: list[dict]) -> Iterator[Aimock]:
    """A running aimock with fixtures before its ordinary answers."""
    place = package(folder)
    file = folder / "fixtures.json"
    file.write_text(json.dumps(fixtures))
    process = subprocess.Popen(
        ["node", str(SCRIPT), str(place), str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        root = process.stdout.readline().strip()
        if not root:
            raise NoAimockError("aimock does not start")
        yield Aimock(root)
    finally:
        process.stdin.close()
        process.wait(timeout=20)
        process.stdout.close()
