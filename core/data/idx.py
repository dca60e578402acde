"""IDX files, the format of MNIST and its family, packed with gzip or not."""

import gzip
import zlib
from math import prod
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.data.array_stream import ArrayStream
from core.data.arrays import raw_from_stream
from core.data.errors import DataError
from core.data.factors import checked_factors
from core.data.raw import RawDataset

_IMAGES_MAGIC = 2051
_LABELS_MAGIC = 2049
_GZIP_MAGIC = b"\x1f\x8b"


def open_idx(path: Path) -> RawDataset:
    """Images, and as the factor `label` the labels file beside them where there is one.

    path: the images file: big-endian int32 magic 2051, N, H, W, then N*H*W bytes. The labels file
    has the same name with "labels" and "idx1". Raises DataError where a file is damaged, cut
    short or of another kind, and where there are more or fewer labels than images.
    """
    images = _read(path, _IMAGES_MAGIC, "images")
    stream = ArrayStream(str(path), images.shape, images.dtype, lambda: iter([images]))
    labels_path = _labels_beside(path)
    if labels_path is None:
        return raw_from_stream(path.name, "IDX", stream)
    labels = _read(labels_path, _LABELS_MAGIC, "labels")
    factors = checked_factors(str(labels_path), labels, len(images))
    return raw_from_stream(path.name, "IDX", stream, factors, ("label",))


def _labels_beside(path: Path) -> Path | None:
    name = path.name.replace("images", "labels").replace("idx3", "idx1")
    plain = name.removesuffix(".gz")
    candidates = [path.with_name(name), path.with_name(plain), path.with_name(f"{plain}.gz")]
    return next((file for file in candidates if file != path and file.is_file()), None)


def _read(path: Path, magic: int, kind: str) -> NDArray[np.uint8]:
    content = _content(path)
    found = int.from_bytes(content[:4], "big")
    if len(content) < 4 or found != magic:
        raise DataError(
            f"{path} is not an IDX file of {kind}: it starts with the number {found} instead of "
            f"{magic}; choose another file."
        )
    dimensions = magic & 0xFF
    start = 4 + 4 * dimensions
    shape = tuple(int.from_bytes(content[at : at + 4], "big") for at in range(4, start, 4))
    if len(content) != start + prod(shape):
        raise DataError(
            f"{path} holds {len(content)} bytes, not what its header {shape} promises: "
            "it may be cut short, so copy or download it again."
        )
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)


def _content(path: Path) -> bytes:
    try:
        content = path.read_bytes()
        if content.startswith(_GZIP_MAGIC):
            content = gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(
            f"{path} cannot be read ({error}): it may be damaged or cut short, "
            "so copy or download it again."
        ) from error
    return content
