import numpy as np
import torch

from core.data.packed_cache import PackedSet
from core.data.raw import raw_from_packed


def test_that_packed_bits_are_seen_as_images_of_0_and_1() -> None:
    pixels = np.random.default_rng(0).integers(0, 2, (5000, 3, 8, 8), dtype=np.uint8)
    bits = torch.from_numpy(np.packbits(pixels.reshape(5000, -1), axis=1))
    factors = np.zeros((5000, 1))
    raw = raw_from_packed("toy", "test", PackedSet(bits, (3, 8, 8), factors, ("a",)))
    assert (raw.count, raw.height, raw.width, raw.channels) == (5000, 8, 8, 3)
    assert raw.binary
    for _ in range(2):
        chunks = list(raw.chunks())
        assert len(chunks) > 1
        np.testing.assert_array_equal(np.concatenate(chunks), pixels.transpose(0, 2, 3, 1))
