"""Folders of images of any size, read with all their subfolders in the order of their names."""

import os
from collections.abc import Iterator
from math import prod
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from core.config.data import DataConfig, Fit
from core.data.dataset import Dataset
from core.data.errors import DataError
from core.data.images import ByteImages
from core.data.memory import require_memory
from core.data.progress import Progress
from core.data.resize import obstacle, resize, with_channels
from core.data.summary import DataSummary
from core.errors import printable
from core.files.images import IMAGE_SUFFIXES, ImageFileError, grey_or_rgb, opened_image


def load_folder(path: Path, config: DataConfig, progress: Progress | None = None) -> Dataset:
    """All images of a folder, brought to the size and the channels of `config`.

    progress: told (files read, files in all). A file that cannot be read, or is too large, is left
    out and reported in `skipped`. Raises DataError where the folder has no image, none can be
    read, or there are more than the memory holds.
    """
    files = _image_files(path)
    shape = (config.channels, config.image_size, config.image_size)
    require_memory(str(path), len(files) * prod(shape))
    values = np.empty((len(files), *shape), dtype=np.uint8)
    skipped: list[str] = []
    names: list[str] = []
    for name, image in _decoded(path, files, config.fit, skipped, progress):
        pixels = with_channels(resize(image, config.image_size, config.fit), config.channels)
        values[len(names)] = pixels[0].transpose(2, 0, 1)
        names.append(name)
    images = ByteImages(torch.from_numpy(values[: len(names)]))
    return Dataset(path.name, images, shape, skipped=tuple(skipped), file_names=tuple(names))


def summarise_folder(path: Path, progress: Progress | None = None) -> DataSummary:
    """Decode every image of a folder to tell what training would see; errors as `load_folder`."""
    skipped: list[str] = []
    images = _decoded(path, _image_files(path), "crop", skipped, progress)
    shapes = [image.shape[1:] for _, image in images]
    heights, widths, channels = (set(sizes) for sizes in zip(*shapes, strict=True))
    return DataSummary(
        name=printable(path.name),
        layout="folder of images",
        count=len(shapes),
        height=heights.pop() if len(heights) == 1 else None,
        width=widths.pop() if len(widths) == 1 else None,
        channels=max(channels),
        values="0 to 255",
        skipped=tuple(skipped),
    )


def _image_files(path: Path) -> list[Path]:
    files = sorted(
        Path(folder, name)
        for folder, _, names in os.walk(path)
        for name in names
        if Path(name).suffix.lower() in IMAGE_SUFFIXES
    )
    if not files:
        raise DataError(f"{path} holds no images; put {', '.join(IMAGE_SUFFIXES)} files into it.")
    return files


def _decoded(
    folder: Path, files: list[Path], fit: Fit, skipped: list[str], progress: Progress | None
) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    """Yields each file's name in the folder and its image, uint8 (1, H, W, 1 or 3).

    Files that cannot be used go into `skipped`. Images are upright, 16 bits cut to 8, transparency
    laid over black.
    """
    for done, file in enumerate(files, start=1):
        name = str(file.relative_to(folder))
        try:
            with opened_image(file) as image:
                if found := obstacle(image.height, image.width, fit):
                    raise ImageFileError(found)
                pixels = np.asarray(grey_or_rgb(image))
        except ImageFileError as error:
            skipped.append(printable(f"{name} was left out: {error}."))
        else:
            yield name, pixels.reshape(1, *pixels.shape[:2], -1)
        if progress is not None:
            progress(done, len(files))
    if len(skipped) == len(files):
        raise DataError(
            f"None of the {len(files)} images in {folder} could be read, for example: {skipped[0]}"
        )
