"""What a region costs against the whole picture, and the most memory a function needs. Prints a Markdown table.

    python benchmarks/distortions/regions.py [--of dq495k kadid25]

A square region of a tenth of the picture (1152 x 896), level 3, processor time, least of fifteen runs. Floor: what no region can
do without, a copy of the picture to hand back and one look for the mask's box. Memory: the peak that Python and numpy allocate
during one call (tracemalloc) over the size of the picture in float32.
"""

from __future__ import annotations

import argparse
import time
import tracemalloc
from collections.abc import Callable
from math import sqrt

import cv2
import numpy as np
from skimage.data import astronaut

from distortions import distort, pool
from schemas.masks import bounding_box

LEVEL = 3


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--of", nargs="+", default=["dq495k", "kadid25"])
    cv2.setNumThreads(1)
    image = cv2.resize(np.ascontiguousarray(astronaut()[:384, :512]), (1152, 896), interpolation=cv2.INTER_CUBIC)
    height, width = image.shape[:2]
    side = round(sqrt(height * width / 10))
    mask = np.zeros((height, width), bool)
    mask[200 : 200 + side, 400 : 400 + side] = True
    floor = milliseconds(lambda: (image.copy(), bounding_box(mask)))
    print(f"Floor of a region: {floor:.2f} ms.\n")
    print("| function | whole, ms | region, ms | share | share above the floor | peak memory, pictures in float32 |")
    print("|---|---|---|---|---|---|")
    for name in arguments.parse_args().of:
        for entry in pool(name):
            whole = milliseconds(lambda entry=entry: distort(image, entry, LEVEL, seed=1))
            region = milliseconds(lambda entry=entry: distort(image, entry, LEVEL, mask=mask, seed=1))
            tracemalloc.start()
            distort(image, entry, LEVEL, seed=1)
            peak = tracemalloc.get_traced_memory()[1] / (image.size * 4)
            tracemalloc.stop()
            shares = f"{region / whole:.2f} | {max(region - floor, 0) / whole:.2f}"
            print(f"| `{entry.name}` | {whole:.2f} | {region:.2f} | {shares} | {peak:.1f} |", flush=True)


def milliseconds(run: Callable[[], object]) -> float:
    times = []
    for _ in range(16):
        started = time.process_time()
        run()
        times.append(time.process_time() - started)
    return min(times[1:]) * 1e3


if __name__ == "__main__":
    main()
