"""What a writer costs, kept in a report."""

from __future__ import annotations

from time import monotonic

from annotate.teachers import Metered, Writer

__all__ = ["Meter"]


class Meter:
    """Keeps ``money`` (spent_usd, reserved_usd, saved_usd) up to date with a writer; nothing for one that costs nothing.

    The ledger behind a writer knows what the whole run spent, but only its own process what stored answers saved, so the
    savings of writers before it are added.
    """

    def __init__(self, writer: Writer, money: dict[str, float]) -> None:
        self._writer, self._money = writer, money
        self._saved_before = money.get("saved_usd", 0.0)
        self._read_at = float("-inf")

    def read(self, *, least_s: float = 0.0) -> None:
        """Reads the writer, unless it did less than ``least_s`` seconds ago."""
        if isinstance(self._writer, Metered) and monotonic() - self._read_at >= least_s:
            self._read_at = monotonic()
            self._money.update(self._writer.spending())
            self._money["saved_usd"] += self._saved_before

    def close(self) -> None:
        """Reads a last time and lets the writer go."""
        self.read()
        if isinstance(self._writer, Metered):
            self._writer.close()
