"""Every stored picture is the PNG file that its rows name by sha256, of the size they say."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Literal

from annotate.rules import StoredPicture
from schemas.keys import sha256
from schemas.recipe import Recipe
from schemas.values import Finding

__all__ = ["PLUGIN", "Pictures"]

_HEADER = struct.Struct(">8sI4sIIBB")  # signature, chunk length and type, width, height, bit depth, colour type
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_RGB = (8, 2)


class Pictures:
    """Stored bytes against hash and size; the pixels themselves are looked at by ``rendered``, with the photos."""

    name = "pictures"
    scope: Literal["pixels"] = "pixels"

    def find(self, picture: StoredPicture, recipe: Recipe) -> Iterator[Finding]:  # noqa: ARG002
        """Looks at the file's bytes and header."""
        row, file = picture.row, picture.file
        if file is None:
            yield Finding(code="pictures", message="no picture is stored", subject=row.id)
            return
        if sha256(file) != row.image_sha256:
            message = f"the stored picture has sha256 {sha256(file)}, its row says {row.image_sha256}"
            yield Finding(code="pictures", message=message, subject=row.id)
        header = _HEADER.unpack_from(file.ljust(_HEADER.size, b"\0"))
        if header[0] != _SIGNATURE or header[5:7] != _RGB:
            yield Finding(code="pictures", message="the stored picture is no 8-bit RGB PNG file", subject=row.id)
        elif header[3:5] != (row.width, row.height):
            message = f"the stored picture is {header[3]} x {header[4]} pixels, its row says {row.width} x {row.height}"
            yield Finding(code="pictures", message=message, subject=row.id)


PLUGIN = Pictures()
