import gzip
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from core.config.data import DataConfig
from core.data.catalogue import load_dataset
from core.data.errors import DataError
from core.data.paths import open_path

IMAGES = np.random.default_rng(0).integers(0, 2, (20, 16, 16), dtype=np.uint8)
FACTORS = np.linspace(0, 1, 40).reshape(20, 2)
IDX = bytes([0, 0, 8, 3]) + np.array(IMAGES.shape, dtype=">u4").tobytes() + IMAGES.tobytes()


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """One small file of every kind, as name -> path."""
    np.save(tmp_path / "a.npy", IMAGES)
    np.savez_compressed(tmp_path / "a.npz", images=IMAGES, factors=FACTORS)
    with (tmp_path / "sprites.NPZ").open("wb") as file:
        np.savez(file, imgs=IMAGES, latents_values=FACTORS)
    with h5py.File(tmp_path / "sprites.h5", "w") as hdf5:
        hdf5.create_dataset("imgs", data=IMAGES, chunks=(7, 8, 8), compression="gzip")
        hdf5["latents/values"] = FACTORS
    (tmp_path / "images-idx3-ubyte").write_bytes(IDX)
    (tmp_path / "images.gz").write_bytes(gzip.compress(IDX))
    return {path.name: path for path in tmp_path.iterdir() if path.is_file()}


def test_that_every_kind_of_file_finds_its_reader(files: dict[str, Path]) -> None:
    layouts = {name: open_path(path).layout for name, path in files.items()}
    assert layouts == {
        "a.npy": "npy",
        "a.npz": "npz",
        "sprites.NPZ": "dSprites npz",
        "sprites.h5": "dSprites hdf5",
        "images-idx3-ubyte": "IDX",
        "images.gz": "IDX",
    }


def test_that_a_file_of_unknown_kind_is_refused_in_one_sentence(
    tmp_path: Path, refused: Callable[..., str]
) -> None:
    path = tmp_path / "a.json"
    path.write_text("[1, 2]")
    assert "of an unknown kind" in refused(path)


def test_that_no_damage_ends_in_anything_but_a_data_error(files: dict[str, Path]) -> None:
    rng = np.random.default_rng(1)
    refusals = 0
    for path in files.values():
        sound = path.read_bytes()
        for trial in range(60):
            content = bytearray(sound)
            if trial % 2:
                del content[rng.integers(len(sound)) :]
            else:
                # The headers stand first, and they are what a reader trusts.
                content[rng.integers(min(len(sound), 300))] = rng.integers(256)
            path.write_bytes(content)
            try:
                load_dataset(DataConfig.model_validate({"source": str(path)}))
            except DataError:
                refusals += 1
    assert refusals > 180  # every file that was cut short, and some others
