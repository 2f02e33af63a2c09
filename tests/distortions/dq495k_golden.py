"""Fingerprints of all functions of DQ-495K at all levels, on the picture that KADID's are taken on.

``python -m tests.distortions.dq495k_golden`` writes the table anew (after a change that is meant to change pixels).
"""

from __future__ import annotations

import json
from pathlib import Path

from distortions import distort, pool
from tests.distortions.kadid_golden import SEED, fingerprint, picture, versions

__all__ = ["TABLE", "fingerprints"]

TABLE = Path(__file__).with_name("dq495k_golden.json")


def fingerprints() -> dict[str, list[dict[str, object]]]:
    source = picture()
    return {
        entry.name: [fingerprint(distort(source, entry, level, seed=SEED).image) for level in range(1, 6)]
        for entry in pool("dq495k")
    }


if __name__ == "__main__":
    TABLE.write_text(json.dumps({"versions": versions(), "fingerprints": fingerprints()}, indent=1) + "\n")
