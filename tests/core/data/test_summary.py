from pathlib import Path

import numpy as np

from core.data.catalogue import describe_dataset


def test_that_a_file_is_described_by_its_path(tmp_path: Path) -> None:
    images = np.full((4, 20, 30, 3), 0.5, dtype=np.float32)
    np.savez(tmp_path / "a.npz", images=images, factors=np.array([1, 1, 2, 3]))
    summary = describe_dataset(str(tmp_path / "a.npz"))
    assert (summary.name, summary.layout, summary.count) == ("a.npz", "npz", 4)
    assert (summary.height, summary.width, summary.channels) == (20, 30, 3)
    assert summary.values == "floats in [0, 1]"
    assert summary.factor_sizes == (3,)


def test_that_images_without_factors_have_no_factor_sizes(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.zeros((2, 28, 28), dtype=bool))
    summary = describe_dataset(str(tmp_path / "a.npy"))
    assert summary.values == "0 or 1"
    assert summary.factor_names == ()
    assert summary.factor_sizes == ()
