"""Peak memory of the client as the number of requests grows tenfold: it must stay flat.

python benchmarks/teacher/memory.py
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import speed

ONE = """
import resource, sys
from pathlib import Path
sys.path.insert(0, {here!r})
import speed
count = int(sys.argv[1])
speed.ours(count, speed.pictures(count, 200_000), 64, Path(sys.argv[2]))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def main() -> None:
    with speed.server(0.0):
        for count in (300, 3000):
            with tempfile.TemporaryDirectory() as folder:
                code = ONE.format(here=str(Path(__file__).parent))
                done = subprocess.run(
                    [sys.executable, "-c", code, str(count), folder], capture_output=True, text=True, check=True
                )
                print(f"{count:6d} requests of 200 kB: {done.stdout.strip()} MB at most")


if __name__ == "__main__":
    main()
