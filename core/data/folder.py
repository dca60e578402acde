"""Folders of images of any size, read with all their subfolders in the order of their names."""

import struct
import warnings
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageOps

from core.config.data import DataConfig
from core.data.dataset import Dataset
from core.data.errors import DataError
from core.data.images import ByteImages
from core.data.progress import Progress
from core.data.resize import resize, with_channels
from core.data.summary import DataSummary

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")

_GREY_MODES = {"1", "L", "LA", "La"}
# Everything that Pillow's decoders raise over damaged or hostile files.
_UNREADABLE = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    OverflowError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


def load_folder(path: Path, config: DataConfig, progress: Progress | None = None) -> Dataset:
    """All images of a folder, brought to the size and the channels of `config`.

    progress: told (files read, files in all). An unreadable file is left out and reported in
    `skipped`. Raises DataError where the folder has no image or none can be read.
    """
    files = _image_files(path)
    shape = (config.channels, config.image_size, config.image_size)
    values = np.empty((len(files), *shape), dtype=np.uint8)
    skipped: list[str] = []
    count = 0
    for image in _decoded(path, files, skipped, progress):
        pixels = with_channels(resize(image, config.image_size, config.fit), config.channels)
        values[count] = pixels[0].transpose(2, 0, 1)
        count += 1
    images = ByteImages(torch.from_numpy(values[:count]))
    return Dataset(path.name, images, shape, skipped=tuple(skipped))


def summarise_folder(path: Path, progress: Progress | None = None) -> DataSummary:
    """Decode every image of a folder to tell what training would see; errors as `load_folder`."""
    skipped: list[str] = []
    shapes = [image.shape[1:] for image in _decoded(path, _image_files(path), skipped, progress)]
    heights, widths, channels = (set(sizes) for sizes in zip(*shapes, strict=True))
    return DataSummary(
        name=path.name,
        layout="folder of images",
        count=len(shapes),
        height=heights.pop() if len(heights) == 1 else None,
        width=widths.pop() if len(widths) == 1 else None,
        channels=max(channels),
        values="0 to 255",
        skipped=tuple(skipped),
    )


def _image_files(path: Path) -> list[Path]:
    files = sorted(file for file in path.rglob("*") if file.suffix.lower() in SUFFIXES)
    if not files:
        raise DataError(f"{path} holds no images; put {', '.join(SUFFIXES)} files into it.")
    return files


def _decoded(
    folder: Path, files: list[Path], skipped: list[str], progress: Progress | None
) -> Iterator[NDArray[np.uint8]]:
    """Yields (1, H, W, 1 or 3) uint8 for each readable file; appends to `skipped` for others."""
    for done, file in enumerate(files, start=1):
        try:
            image = _decode(file)
        except _UNREADABLE as error:
            skipped.append(f"{file.relative_to(folder)} was left out: {error}.")
        else:
            yield image
        if progress is not None:
            progress(done, len(files))
    if len(skipped) == len(files):
        raise DataError(
            f"None of the {len(files)} images in {folder} could be read, for example: {skipped[0]}"
        )


def _decode(file: Path) -> NDArray[np.uint8]:
    """(1, H, W, 1 or 3) uint8: upright, 16 bits cut to 8, transparency laid over black."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        with Image.open(file) as opened:
            image = ImageOps.exif_transpose(opened)
            if image.mode.startswith("I"):
                return (np.asarray(image) >> 8).clip(0, 255).astype(np.uint8)[None, ..., None]
            mode = "L" if image.mode in _GREY_MODES else "RGB"
            if image.has_transparency_data:
                black = Image.new("RGBA", image.size, "black")
                image = Image.alpha_composite(black, image.convert("RGBA"))
            pixels = np.asarray(image.convert(mode))
    return pixels.reshape(1, *pixels.shape[:2], -1)
