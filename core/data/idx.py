"""IDX files, the format of MNIST and its family, packed with gzip or not."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from math import prod
from pathlib import Path

import numpy as np

from core.data.array_stream import (
    MOST_DEFLATED,
    Array,
    ArrayStream,
    Readable,
    refusing_damage,
    require_held,
    rows_of,
)
from core.data.arrays import checked_count, raw_from_stream
from core.data.errors import DataError
from core.data.factors import read_factors
from core.data.raw import RawDataset
from core.files.plain import require_plain_file

_IMAGES_MAGIC = 2051
_LABELS_MAGIC = 2049
_GZIP_MAGIC = b"\x1f\x8b"


def open_idx(path: Path) -> RawDataset:
    """Images, and as the factor `label` the labels file beside them where there is one.

    path: the images file: big-endian int32 magic 2051, N, H, W, then N*H*W bytes. The labels file
    has the same name with "labels" and "idx1". Raises DataError where a file is damaged, cut
    short or of another kind, and where there are more or fewer labels than images.
    """
    images = _array(path, _IMAGES_MAGIC, "images")
    labels_path = _labels_beside(path)
    if labels_path is None:
        return raw_from_stream(path.name, "IDX", images)
    labels = _array(labels_path, _LABELS_MAGIC, "labels")
    factors = read_factors(labels, checked_count(images))
    return raw_from_stream(path.name, "IDX", images, factors, ("label",))


def _labels_beside(path: Path) -> Path | None:
    name = path.name.replace("images", "labels").replace("idx3", "idx1")
    plain = name.removesuffix(".gz")
    candidates = [path.with_name(name), path.with_name(plain), path.with_name(f"{plain}.gz")]
    return next((file for file in candidates if file != path and file.is_file()), None)


def _array(path: Path, magic: int, kind: str) -> ArrayStream:
    dimensions = magic & 0xFF
    start = 4 + 4 * dimensions
    with refusing_damage(str(path)):
        require_plain_file(path)
        size = path.stat().st_size
        with _opened(path) as file:
            head, packed = file.read(start), isinstance(file, gzip.GzipFile)
    found = int.from_bytes(head[:4], "big")
    if len(head) < 4 or found != magic:
        raise DataError(
            f"{path} is not an IDX file of {kind}: it starts with the number {found} instead of "
            f"{magic}; choose another file."
        )
    shape = tuple(int.from_bytes(head[at : at + 4], "big") for at in range(4, start, 4))
    if not packed and size != start + prod(shape):
        raise DataError(
            f"{path} holds {size} bytes, not what its header {shape} promises: "
            "it may be cut short, so copy or download it again."
        )
    with refusing_damage(str(path)):
        require_held(start + prod(shape), MOST_DEFLATED * size)
    dtype = np.dtype(np.uint8)

    def chunks() -> Iterator[Array]:
        with refusing_damage(str(path)), _opened(path) as file:
            file.read(start)
            yield from rows_of(file, shape, dtype)
            if file.read(1):
                raise ValueError("it is longer than its header promises")

    return ArrayStream(str(path), shape, dtype, chunks)


@contextmanager
def _opened(path: Path) -> Iterator[Readable]:
    """The content of a file, unpacked where it is packed."""
    with path.open("rb") as file:
        packed = file.read(len(_GZIP_MAGIC)) == _GZIP_MAGIC
        file.seek(0)
        if not packed:
            yield file
            return
        with gzip.GzipFile(fileobj=file) as unpacked:
            yield unpacked
