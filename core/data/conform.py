"""Raw images brought to the size and the channels that a `DataConfig` asks for."""

from math import prod

import numpy as np
import torch
from numpy.typing import NDArray

from core.config.data import DataConfig
from core.data.dataset import Dataset
from core.data.errors import DataError
from core.data.images import ByteImages, Images, PackedImages
from core.data.memory import require_memory
from core.data.progress import Progress
from core.data.raw import RawDataset
from core.data.resize import obstacle, resize, with_channels


def conform(raw: RawDataset, config: DataConfig, progress: Progress | None = None) -> Dataset:
    """Read all images of `raw`, or map them where a cache file already holds the bits.

    Images of 0 and 1 stay so, also when resized (a pixel that is half covered is on), and lie in
    memory as packed bits; all others become bytes. Grey images keep one channel in memory, also
    for a data set of three. progress: told (done, in all). Raises DataError where the file turns
    out to be damaged, or takes too much memory.
    """
    if found := obstacle(raw.height, raw.width, config.fit):
        raise DataError(f"{config.source} cannot be trained on: {found}.")
    shape = (config.channels, config.image_size, config.image_size)
    channels = min(raw.channels, config.channels)
    fits = (raw.channels, raw.height, raw.width) == (channels, *shape[1:])
    images: Images
    if raw.packed is not None and fits:
        images = PackedImages(raw.packed.bits, raw.packed.shape)
    elif raw.binary and raw.channels == channels:
        images = _as_bits(raw, config, progress)
    else:
        images = _as_bytes(raw, config, channels, progress)
    return Dataset(raw.name, images, shape, raw.factors, raw.factor_names)


def conform_image(image: NDArray[np.uint8], config: DataConfig) -> torch.Tensor:
    """One image from anywhere, as the networks see it: (C, H, W) float32 in [0, 1].

    image: (H, W, 1 or 3) uint8 of any size. Raises DataError where it is none.
    """
    if image.ndim != 3 or image.dtype != np.uint8 or image.shape[2] not in (1, 3) or not image.size:
        raise DataError(
            f"An array {image.shape} {image.dtype} is no image: give height, width and 1 or 3 "
            "channels of bytes."
        )
    if found := obstacle(image.shape[0], image.shape[1], config.fit):
        raise DataError(f"The image cannot be used: {found}.")
    resized = resize(with_channels(image[None], config.channels), config.image_size, config.fit)
    return torch.from_numpy(resized[0].transpose(2, 0, 1).copy()).to(torch.float32).div_(255)


def _as_bits(raw: RawDataset, config: DataConfig, progress: Progress | None) -> PackedImages:
    size = config.image_size
    shape = (raw.channels, size, size)
    require_memory(config.source, raw.count * prod(shape) // 8)
    bits = np.empty((raw.count, prod(shape) // 8), dtype=np.uint8)
    done = 0
    for chunk in raw.chunks():
        resized = resize(chunk * np.uint8(255), size, config.fit) >= 128
        pixels = resized.transpose(0, 3, 1, 2).reshape(len(chunk), -1)
        bits[done : done + len(chunk)] = np.packbits(pixels, axis=1)
        done += len(chunk)
        if progress is not None:
            progress(done, raw.count)
    return PackedImages(torch.from_numpy(bits), shape)


def _as_bytes(
    raw: RawDataset, config: DataConfig, channels: int, progress: Progress | None
) -> ByteImages:
    size = config.image_size
    require_memory(config.source, raw.count * channels * size * size)
    values = np.empty((raw.count, channels, size, size), dtype=np.uint8)
    done = 0
    for chunk in raw.chunks():
        visible = chunk * np.uint8(255) if raw.binary else chunk
        resized = resize(with_channels(visible, channels), size, config.fit)
        values[done : done + len(chunk)] = resized.transpose(0, 3, 1, 2)
        done += len(chunk)
        if progress is not None:
            progress(done, raw.count)
    return ByteImages(torch.from_numpy(values))
