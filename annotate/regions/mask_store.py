"""Masks kept for other runs: one SQLite file that many processes and runs share.

An entry's key is a digest of the photo's pixels, the segmenter's identity (settings, weights, version) and, for a click, its
point; so a photo read at another size, another option or another checkpoint never meets it. The file is safe for several
processes of one machine (write-ahead log); keep it off network drives. A damaged entry counts as missing and is written anew.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import time
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from annotate.segmenters import Proposal, Session
from schemas.errors import StorageError
from schemas.keys import canonical_json, digest, sha256
from schemas.masks import decode, encode
from schemas.values import Photo, Rle

__all__ = ["MaskStore", "StoredSession"]

_WAIT_S: Final = 60.0
_TABLE: Final = "CREATE TABLE IF NOT EXISTS masks (key TEXT PRIMARY KEY, photo TEXT, segmenter TEXT, value BLOB) WITHOUT ROWID"


class MaskStore:
    """The file; opened at first use in each process and thread, made if missing.

    Raises (every method):
        StorageError: the file cannot be opened or written, or is no SQLite file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._mine = threading.local()  # SQLite connections cross neither threads nor forks

    def get(self, key: str) -> Any:
        """The value kept under ``key``, None if there is none or it is damaged."""
        try:
            found = self._open().execute("SELECT value FROM masks WHERE key = ?", (key,)).fetchone()
        except sqlite3.Error as error:
            raise self._refusal(error) from error
        if found is None:
            return None
        try:
            return json.loads(zlib.decompress(found[0]))
        except (zlib.error, ValueError):
            return None

    def put(self, key: str, photo: str, segmenter: str, value: object) -> None:
        """Keeps a JSON value; the last one written under a key stays (writers of one key write the same)."""
        packed = zlib.compress(canonical_json(value).encode(), 6)
        try:
            with self._open() as connection:
                connection.execute("INSERT OR REPLACE INTO masks VALUES (?, ?, ?, ?)", (key, photo, segmenter, packed))
        except sqlite3.Error as error:
            raise self._refusal(error) from error

    def count(self) -> int:
        """Number of entries."""
        try:
            return int(self._open().execute("SELECT count(*) FROM masks").fetchone()[0])
        except sqlite3.Error as error:
            raise self._refusal(error) from error

    def close(self) -> None:
        """Lets this thread's hold of the file go."""
        process, connection = getattr(self._mine, "held", (0, None))
        if connection is not None and process == os.getpid():
            connection.close()
        self._mine.held = (0, None)

    def _open(self) -> sqlite3.Connection:
        process, connection = getattr(self._mine, "held", (0, None))
        if connection is None or process != os.getpid():
            connection = self._connect()
            self._mine.held = (os.getpid(), connection)
        return connection

    def _connect(self) -> sqlite3.Connection:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._refusal(error) from error
        connection = sqlite3.connect(self.path, timeout=_WAIT_S)
        try:
            _prepare(connection)
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _refusal(self, error: Exception) -> StorageError:
        return StorageError(f"mask store {self.path} (regions.store) cannot be used: {error}. Name another file or delete it.")


def _prepare(connection: sqlite3.Connection) -> None:
    """Write-ahead log and the table; SQLite does not wait by itself while another process switches the log on."""
    last = time.monotonic() + _WAIT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute(_TABLE)
            connection.commit()
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > last:
                raise
            time.sleep(0.05)
        else:
            return


class StoredSession:
    """A session that asks a store before it computes."""

    def __init__(self, session: Session, segmenter: str, store: MaskStore) -> None:
        self._session, self._segmenter, self._store = session, segmenter, store
        self.identity = session.identity

    def propose(self, photo: Photo, image: NDArray[np.uint8]) -> Sequence[Proposal]:
        """Masks of a photo, from the store if they are there."""
        key = digest("proposals", _pixels(image), self.identity, photo.sha256)
        proposals = _read(self._store.get(key), image.shape[:2])
        if proposals is None:
            proposals = list(self._session.propose(photo, image))
            self._store.put(key, photo.sha256, self._segmenter, [_packed(proposal) for proposal in proposals])
        return proposals

    def at_point(self, image: NDArray[np.uint8], point: tuple[int, int]) -> NDArray[np.bool_] | None:
        """The mask of a click, from the store if it is there."""
        key = digest("click", _pixels(image), self.identity, *map(int, point))
        kept = _read(self._store.get(key), image.shape[:2])
        if kept is not None:
            return kept[0].mask if kept else None
        mask = self._session.at_point(image, point)
        if mask is not None:
            self._store.put(key, "", self._segmenter, [_packed(Proposal(mask, 0.0))])
        return mask


def _pixels(image: NDArray[np.uint8]) -> str:
    return digest(image.shape, sha256(np.ascontiguousarray(image).tobytes()))


def _packed(proposal: Proposal) -> dict[str, object]:
    mask = encode(proposal.mask)
    return {
        "size": mask.size,
        "counts": mask.counts,
        "score": proposal.score,
        "label": proposal.label,
        "stability": proposal.stability,
        "predicted_iou": proposal.predicted_iou,
    }


def _read(value: Any, size: tuple[int, ...]) -> list[Proposal] | None:
    """The proposals of an entry; None if it is missing, corrupt or of another size."""
    try:
        return None if value is None else [_unpacked(item, size) for item in value]
    except (KeyError, TypeError, ValueError):
        return None


def _unpacked(item: dict[str, Any], size: tuple[int, ...]) -> Proposal:
    mask = decode(Rle(size=tuple(item["size"]), counts=item["counts"]))
    if mask.shape != size:
        raise ValueError(f"a kept mask is {mask.shape}, the picture {size}")
    return Proposal(mask, float(item["score"]), str(item["label"]), item["stability"], item["predicted_iou"])
