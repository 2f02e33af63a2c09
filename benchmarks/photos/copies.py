"""How many copies of photos are known again, whether distinct photos are taken for copies, and what it costs.

    python benchmarks/photos/copies.py PHOTOS [--distinct FOLDER]

Each photo of PHOTOS is cropped, mirrored, shrunk and recompressed; a copy is known if it ends in its photo's group with all
others around. The photos of both folders must be distinct: joins among them are listed.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from annotate.photos.landmarks import landmarks
from annotate.photos.near_duplicates import fingerprint, group
from annotate.sources import sources
from annotate.stages.source import pixels
from schemas.errors import PhotoError
from schemas.recipe import PhotoSettings
from schemas.values import Photo

Pixels = np.ndarray
CORNERS = ((0, 0), (1, 0), (0.5, 0.5), (0, 1), (1, 1))


def crops(share: float, then: Callable[[Pixels], Pixels] = lambda image: image) -> Callable[[Pixels], list[Pixels]]:
    def cut(image: Pixels) -> list[Pixels]:
        height, width = (int(side * share) for side in image.shape[:2])
        places = [(int((image.shape[0] - height) * y), int((image.shape[1] - width) * x)) for x, y in CORNERS]
        return [then(np.ascontiguousarray(image[top : top + height, left : left + width])) for top, left in places]

    return cut


def shrunk(factor: float) -> Callable[[Pixels], list[Pixels]]:
    return lambda image: [cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)]


def jpeg(quality: int) -> Callable[[Pixels], Pixels]:
    return lambda image: cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_COLOR)


def mirrored(image: Pixels) -> Pixels:
    return np.ascontiguousarray(image[:, ::-1])


COPIES: dict[str, Callable[[Pixels], list[Pixels]]] = {
    **{f"crop to {share} of each side": crops(share) for share in (0.8, 0.7, 0.6, 0.5)},
    "crop to 0.5, then JPEG 50": crops(0.5, jpeg(50)),
    "mirrored": lambda image: [mirrored(image)],
    "mirrored, crop to 0.7": crops(0.7, mirrored),
    "shrunk to a half": shrunk(0.5),
    "shrunk to a quarter": shrunk(0.25),
    "JPEG 30": lambda image: [jpeg(30)(image)],
    "JPEG 10": lambda image: [jpeg(10)(image)],
}


def read(folder: str) -> dict[str, Pixels]:
    found = {}
    for file in sources.get("folder").files(folder):
        try:
            found[file.name] = pixels(Path(file.path).read_bytes(), PhotoSettings())
        except PhotoError as error:
            print(f"{file.name}: {error}")
    return found


def photo(name: str, image: Pixels) -> Photo:
    marks = landmarks(image)
    return Photo(sha256=name, name=name, path=name, width=1, height=1, fingerprint=fingerprint(image), landmarks=marks)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos")
    parser.add_argument("--distinct", help="folder of further photos, all distinct")
    chosen = parser.parse_args()
    cv2.setNumThreads(1)
    images = read(chosen.photos)
    start = time.process_time()
    known = [photo(name, image) for name, image in images.items()]
    each = 1000 * (time.process_time() - start) / len(known)
    known += [photo(f"+{name}", image) for name, image in read(chosen.distinct).items()] if chosen.distinct else []
    start = time.process_time()
    groups = group(known)
    print(f"{len(known)} photos: {each:.0f} ms CPU for hash and landmarks of one, {time.process_time() - start:.1f} s to group")
    joined = sorted(f"{name} = {first}" for name, first in groups.items() if name != first)
    print(f"joins among distinct photos: {', '.join(joined) or 'none'}\n\n| copy | known |\n|---|---|")
    for kind, make in COPIES.items():
        copies = [photo(f"{name}/{n}", one) for name, image in images.items() for n, one in enumerate(make(image))]
        found = group([*known, *copies])
        hits = sum(found[copy.sha256] == found[copy.sha256.rpartition("/")[0]] for copy in copies)
        print(f"| {kind} | {hits} of {len(copies)} |", flush=True)


if __name__ == "__main__":
    main()
