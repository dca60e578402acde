import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from platformdirs import user_data_path

from core.data.catalogue import describe_dataset, list_datasets, prepare_dataset
from core.data.dataset import Dataset


def test_that_mnist_is_found_where_a_person_has_put_it(load: Callable[..., Dataset]) -> None:
    folder = user_data_path("icdrl", appauthor=False) / "datasets" / "mnist"
    folder.mkdir(parents=True)
    images = np.arange(3 * 784, dtype=np.uint8).reshape(3, 28, 28)
    header = bytes([0, 0, 8, 3]) + np.array(images.shape, dtype=">u4").tobytes()
    path = folder / "t10k-images-idx3-ubyte.gz"
    path.write_bytes(gzip.compress(header + images.tobytes()))
    assert {info.name: info.prepared for info in list_datasets()}["mnist"]
    assert prepare_dataset("mnist") == path
    dataset = load("mnist", image_size=28)
    assert (dataset.name, len(dataset)) == ("mnist", 3)
    assert describe_dataset("mnist").count == 3


def test_that_a_missing_mnist_says_where_to_put_it(refused: Callable[..., str]) -> None:
    sentence = refused("mnist")
    assert str(user_data_path("icdrl", appauthor=False) / "datasets" / "mnist") in sentence
    assert "data.source" in sentence


def test_that_fashion_mnist_of_the_system_is_found_by_name(load: Callable[..., Dataset]) -> None:
    if not Path("/usr/share/datasets/fashion-mnist").is_dir():
        pytest.skip("the package dataset-fashion-mnist is not installed")
    dataset = load("fashion-mnist", image_size=28)
    assert len(dataset) == 60_000
    assert dataset.factors is not None
    assert np.bincount(dataset.factors[:, 0].astype(int)).tolist() == [6_000] * 10
