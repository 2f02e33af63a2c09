"""Prefect's surroundings when no API is configured: private, quiet and inside the run's folder. Imports no Prefect."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

from schemas.errors import StorageError

__all__ = ["api_is_configured", "prepare_environment"]

_ALWAYS = {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}
_EPHEMERAL = {
    "PREFECT_LOGGING_LEVEL": "ERROR",
    "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
}


def api_is_configured() -> bool:
    """Whether the environment or the active Prefect profile names an API."""
    return bool(os.environ.get("PREFECT_API_URL") or _profile().get("PREFECT_API_URL"))


def prepare_environment(folder: Path) -> None:
    """Sets what is not set yet: no telemetry, and, without an API, state under ``folder`` and nothing printed.

    Raises:
        StorageError: the folder cannot be made; Prefect itself would only time out.
    """
    settings = _ALWAYS
    if not api_is_configured():
        settings = _ALWAYS | _EPHEMERAL | {"PREFECT_HOME": str(folder.absolute())}
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(f"{folder}: the folder for Prefect's state cannot be written: {error.strerror}.") from error
    for name, value in settings.items():
        os.environ.setdefault(name, value)


def _profile() -> dict[str, str]:
    home = Path(os.environ.get("PREFECT_HOME", "~/.prefect")).expanduser()
    path = Path(os.environ.get("PREFECT_PROFILES_PATH", home / "profiles.toml"))
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError):
        return {}
    active = os.environ.get("PREFECT_PROFILE") or settings.get("active", "")
    return dict(settings.get("profiles", {}).get(active, {}))
