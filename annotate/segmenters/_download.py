"""Downloads a published checkpoint: resumed where it stopped, checked against its sha256, moved into place when whole."""

from __future__ import annotations

import hashlib
import http.client
import shutil
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING
from urllib.parse import urlsplit

from annotate.segmenters._sam_published import Published
from schemas.errors import AnnotateError, StorageError, UsageError
from schemas.keys import file_sha256

if TYPE_CHECKING:
    from hashlib import _Hash

__all__ = ["fetch"]

Watch = Callable[[int, int | None], None]
_BLOCK = 1 << 20
_TIMEOUT_S = 30.0


def fetch(wanted: Published, target: Path, watch: Watch, url: str | None = None) -> bool:
    """Downloads ``wanted`` to the file ``target`` unless it lies there whole already.

    Args:
        wanted: the checkpoint.
        target: where it shall lie; ``target`` + ".part" holds what has come so far.
        watch: called with (bytes so far, bytes in all or None) as blocks arrive.
        url: another address of the same file, for example a mirror.

    Returns:
        Whether anything had to be downloaded.

    Raises:
        UsageError: the file there is another one, or the address is not http(s).
        AnnotateError: no connection, an answer that is no file, a transfer that broke off, or another sha256 than published.
        StorageError: the disk is full or the folder cannot be written.
    """
    address = url or wanted.url
    if urlsplit(address).scheme not in {"http", "https"}:
        raise UsageError(f"{address!r} is no http or https address.")
    if target.exists():
        _same_or_refuse(wanted, target)
        return False
    part = target.with_name(f"{target.name}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _room(wanted, part)
        found = _transfer(address, part, watch)
        _accept(wanted, part, target, found)
    except (urllib.error.URLError, http.client.HTTPException, ConnectionError, TimeoutError) as error:
        raise AnnotateError(_broken_off(address, part, error)) from error
    except OSError as error:
        raise StorageError(f"{part}: cannot be written: {error}.") from error
    return True


def _same_or_refuse(wanted: Published, target: Path) -> None:
    found = file_sha256(target)
    if found != wanted.sha256:
        raise UsageError(
            f"{target} is not {wanted.name}: its sha256 is {found}, not {wanted.sha256}. Delete or move it, then fetch again."
        )


def _room(wanted: Published, part: Path) -> None:
    missing = (wanted.size or 0) - (part.stat().st_size if part.exists() else 0)
    free = shutil.disk_usage(part.parent).free
    if missing > free:
        raise StorageError(f"{part.parent} has {free / 1e6:,.0f} MB free, {wanted.name} needs {missing / 1e6:,.0f} MB more.")


def _transfer(address: str, part: Path, watch: Watch) -> str:
    """Appends what is missing to ``part``; the sha256 of all of it."""
    done = part.stat().st_size if part.exists() else 0
    try:
        answer = _ask(address, done)
    except urllib.error.HTTPError as error:
        if error.code != http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            raise
        error.close()
        return file_sha256(part)  # nothing is left to send: it is whole, or it is another file
    with answer:
        resumed = answer.status == http.HTTPStatus.PARTIAL_CONTENT
        hasher = _hash_of(part) if resumed else hashlib.sha256()
        length = answer.headers.get("Content-Length")
        start = done if resumed else 0
        total = start + int(length) if length else None
        with part.open("ab" if resumed else "wb") as file:
            return _copy(answer, file, hasher, lambda come: watch(start + come, total))


def _ask(address: str, done: int) -> http.client.HTTPResponse:
    headers = {"User-Agent": "annotate-quality"} | ({"Range": f"bytes={done}-"} if done else {})
    request = urllib.request.Request(address, headers=headers)  # noqa: S310 - http(s) only, see fetch
    answer: http.client.HTTPResponse = urllib.request.urlopen(request, timeout=_TIMEOUT_S)  # noqa: S310
    return answer


def _hash_of(part: Path) -> _Hash:
    with part.open("rb") as file:
        return hashlib.file_digest(file, "sha256")


def _copy(answer: http.client.HTTPResponse, file: IO[bytes], hasher: _Hash, watch: Callable[[int], None]) -> str:
    come = 0
    while block := answer.read(_BLOCK):
        file.write(block)
        hasher.update(block)
        come += len(block)
        watch(come)
    if answer.length:  # what the server announced and did not send
        raise http.client.IncompleteRead(b"", answer.length)
    return hasher.hexdigest()


def _accept(wanted: Published, part: Path, target: Path, found: str) -> None:
    if found != wanted.sha256:
        size = part.stat().st_size
        part.unlink()
        raise AnnotateError(
            f"{wanted.name}: what came ({size:,} bytes) has sha256 {found}, not the published {wanted.sha256}; it was deleted. "
            "Try again; if it happens twice, the address serves another file."
        )
    part.replace(target)


def _broken_off(address: str, part: Path, error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        error.close()
        return f"{address} answers {error.code} {error.reason}: the file is not there for us."
    host = urlsplit(address).hostname
    done = part.stat().st_size if part.exists() else 0
    kept = f"{done:,} bytes are kept: run the same command again to go on." if done else ""
    reason = getattr(error, "reason", error)
    if isinstance(error, http.client.HTTPException):
        return f"The transfer from {host} broke off. {kept or 'Run the same command again.'}"
    there = "Fetch the file on a machine that is not, copy it here and give its path as the checkpoint."
    return f"No connection to {host} ({reason}): this machine seems to be offline. {kept or there}"
