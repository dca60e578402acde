"""Raw images brought to the size and the channels that a `DataConfig` asks for."""

import numpy as np
import torch

from core.config.data import DataConfig
from core.data.dataset import Dataset
from core.data.images import ByteImages, Images, PackedImages
from core.data.progress import Progress
from core.data.raw import RawDataset
from core.data.resize import resize, with_channels


def conform(raw: RawDataset, config: DataConfig, progress: Progress | None = None) -> Dataset:
    """Read all images of `raw`, or map them where a cache file already holds the bits.

    Images of 0 and 1 stay so, also when resized (a pixel that is half covered is on), and lie in
    memory as packed bits; all others become bytes. Grey images keep one channel in memory, also
    for a data set of three. progress: told (done, in all). Raises DataError where the file turns
    out to be damaged.
    """
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


def _as_bits(raw: RawDataset, config: DataConfig, progress: Progress | None) -> PackedImages:
    size = config.image_size
    shape = (raw.channels, size, size)
    bits = np.empty((raw.count, int(np.prod(shape)) // 8), dtype=np.uint8)
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
