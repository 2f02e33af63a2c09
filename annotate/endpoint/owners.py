"""Whether the process that claimed a question still lives."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["started"]


def started(pid: int) -> str:
    """When a process of this machine started, so that a number used again is not taken for it; empty if there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
        state, *rest = stat[stat.rindex(")") + 2 :].split()
    except (OSError, ValueError):
        return "" if Path("/proc/self/stat").exists() else _exists(pid)
    return "" if state in ("Z", "X") else rest[18]


def _exists(pid: int) -> str:
    """For systems without /proc: whether there is a process of that number at all."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return ""
    except PermissionError:
        pass
    return "alive"
