"""The run's folder: what is done already, committed chunk by chunk, so that a killed run goes on where it was.

DATASET/.annotate/
├── lock                     held while a build runs
└── <split>/
    ├── run.json             what this run is made from; another recipe on the same folder is refused
    ├── photos.parquet       the scan of all photos, with their splits
    ├── scan/ render/ text/  one committed file (or folder) for each finished chunk
    ├── pictures/ab/ID.png   rendered pictures
    └── report.json          seconds, counts and refusals of the last run
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from annotate.store import write_bytes
from schemas.errors import RunConflictError, StorageError
from schemas.keys import canonical_json
from schemas.values import Split

__all__ = ["RUNS", "Workspace", "exclusive"]

RUNS = ".annotate"


@dataclass(frozen=True)
class Workspace:
    """Paths of one split's run inside a dataset folder."""

    dataset: Path
    split: Split

    @property
    def folder(self) -> Path:
        """The run's own folder."""
        return self.dataset / RUNS / self.split

    def chunk(self, stage: str, name: str) -> Path:
        """The committed file of a finished chunk."""
        return self.folder / stage / f"{name}.parquet"

    def committed(self, stage: str) -> list[Path]:
        """Committed chunk files of a stage, by name."""
        return sorted((self.folder / stage).glob("*.parquet"))

    def picture(self, picture: str) -> Path:
        """The PNG file of a rendered picture."""
        return self.folder / "pictures" / picture[:2] / f"{picture}.png"

    def claim(self, identity: Mapping[str, Any]) -> bool:
        """Marks the folder as this run's; False if it was already.

        Raises:
            RunConflictError: the folder belongs to a run made from something else; the message names the differences.
        """
        path = self.folder / "run.json"
        if not path.is_file():
            write_bytes(path, canonical_json(identity).encode(), durable=True)
            return True
        before = json.loads(path.read_text(encoding="utf-8"))
        differences = list(_differences(before, json.loads(canonical_json(identity))))
        if differences:
            raise RunConflictError(
                f"{self.dataset} holds a {self.split} run made from something else: {'; '.join(differences)}. "
                "Give the old values, or another --out."
            )
        return False

    def write_json(self, name: str, value: Mapping[str, Any]) -> None:
        """Replaces a JSON file of the run's folder."""
        write_bytes(self.folder / name, (json.dumps(value, indent=1, sort_keys=True) + "\n").encode())


@contextmanager
def exclusive(dataset: Path) -> Iterator[None]:
    """Holds the dataset folder for one build.

    Raises:
        RunConflictError: another build is working on it.
        StorageError: the folder cannot be made or written.
    """
    try:
        (dataset / RUNS).mkdir(parents=True, exist_ok=True)
        lock = (dataset / RUNS / "lock").open("w")
    except OSError as error:
        raise StorageError(f"--out {dataset}: the folder cannot be written: {error.strerror}.") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise RunConflictError(
                f"{dataset}: another build is working on this folder; wait for it or use another --out."
            ) from error
        yield


def _differences(before: Mapping[str, Any], now: Mapping[str, Any], above: str = "") -> Iterator[str]:
    for key in sorted({*before, *now}):
        old, new, name = before.get(key), now.get(key), f"{above}{key}"
        if isinstance(old, dict) and isinstance(new, dict):
            yield from _differences(old, new, f"{name}.")
        elif old != new:
            yield f"{name} was {json.dumps(old)}, now {json.dumps(new)}"
