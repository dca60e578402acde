from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from core.data.catalogue import describe_dataset
from core.data.dataset import Dataset

RGB = np.random.default_rng(0).integers(0, 256, (28, 28, 3), dtype=np.uint8)


def _save(path: Path, pixels: np.ndarray) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)
    return path


def _first(dataset: Dataset) -> np.ndarray:
    """(H, W, C) from 0 to 255."""
    return dataset.batch(torch.tensor([0]))[0].permute(1, 2, 0).numpy() * 255


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "pictures"


def test_that_a_png_of_the_right_size_is_taken_as_it_is(
    folder: Path, load: Callable[..., Dataset]
) -> None:
    _save(folder / "a.png", RGB)
    dataset = load(folder, image_size=28, channels=3)
    assert dataset.shape == (3, 28, 28)
    assert dataset.name == "pictures"
    np.testing.assert_allclose(_first(dataset), RGB, atol=1e-4)


def test_that_subfolders_are_read_in_the_order_of_their_names(
    folder: Path, load: Callable[..., Dataset]
) -> None:
    for level, name in enumerate(["b/1.png", "a/2.PNG", "a/1.webp", "c.jpg"]):
        _save(folder / name, np.full((28, 28), 60 * level, dtype=np.uint8))
    (folder / "notes.txt").write_text("no image")
    dataset = load(folder, image_size=28)
    means = dataset.batch(torch.arange(4)).mean(dim=(1, 2, 3)).numpy() * 255
    np.testing.assert_allclose(means, [120, 60, 0, 180], atol=2)


def test_that_images_of_different_sizes_become_one_size(
    folder: Path, load: Callable[..., Dataset]
) -> None:
    _save(folder / "large.png", np.full((90, 120, 3), 200, dtype=np.uint8))
    _save(folder / "small.png", np.full((20, 10), 200, dtype=np.uint8))
    dataset = load(folder, image_size=32, channels=3)
    batch = dataset.batch(torch.arange(2))
    assert batch.shape == (2, 3, 32, 32)
    np.testing.assert_allclose(batch.numpy(), 200 / 255, atol=1e-4)


def test_that_an_unreadable_image_is_left_out_and_reported(
    folder: Path, load: Callable[..., Dataset]
) -> None:
    whole = _save(folder / "a.png", RGB).read_bytes()
    (folder / "b.png").write_bytes(whole[: len(whole) // 2])
    (folder / "c.jpg").write_bytes(b"no image at all")
    _save(folder / "d.png", RGB)
    dataset = load(folder)
    assert len(dataset) == 2
    assert [sentence.split()[0] for sentence in dataset.skipped] == ["b.png", "c.jpg"]
    assert all("was left out: " in sentence for sentence in dataset.skipped)


def test_that_an_image_that_would_fill_the_memory_is_left_out(
    folder: Path, load: Callable[..., Dataset], monkeypatch: pytest.MonkeyPatch
) -> None:
    _save(folder / "bomb.png", np.zeros((200, 200), dtype=np.uint8))
    _save(folder / "good.png", RGB)
    for limit in (30_000, 1_000):  # a warning up to twice the limit, an error beyond
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", limit)
        dataset = load(folder)
        assert len(dataset) == 1
        assert dataset.skipped[0].startswith("bomb.png was left out: ")


def test_that_a_folder_of_unreadable_images_is_refused_in_one_sentence(
    folder: Path, refused: Callable[..., str]
) -> None:
    folder.mkdir()
    for name in ("a.png", "b.png"):
        (folder / name).write_bytes(b"nothing")
    assert "None of the 2 images" in refused(folder)


def test_that_an_empty_folder_is_refused_in_one_sentence(
    folder: Path, refused: Callable[..., str]
) -> None:
    folder.mkdir()
    assert "holds no images" in refused(folder)


def test_that_transparency_is_laid_over_black(folder: Path, load: Callable[..., Dataset]) -> None:
    pixels = np.full((28, 28, 4), 255, dtype=np.uint8)
    pixels[:14, :, 3] = 0
    _save(folder / "a.png", pixels)
    image = _first(load(folder, image_size=28, channels=1))
    assert image[:14].max() == 0
    assert image[14:].min() == 255


def test_that_16_bits_are_cut_to_8(folder: Path, load: Callable[..., Dataset]) -> None:
    levels = np.arange(784, dtype=np.uint16).reshape(28, 28) * 80
    _save(folder / "a.png", levels)
    image = _first(load(folder, image_size=28))
    np.testing.assert_allclose(image[..., 0], levels >> 8, atol=1e-4)


def test_that_a_photograph_is_turned_upright(folder: Path, load: Callable[..., Dataset]) -> None:
    pixels = np.zeros((28, 28), dtype=np.uint8)
    pixels[:14] = 255
    image = Image.fromarray(pixels)
    exif = image.getexif()
    exif[0x0112] = 3  # held upside down
    folder.mkdir()
    image.save(folder / "a.png", exif=exif)
    upright = _first(load(folder, image_size=28))
    assert upright[:14].max() == 0
    assert upright[14:].min() == 255


def test_that_a_summary_tells_what_lies_there(folder: Path) -> None:
    _save(folder / "a.png", RGB)
    _save(folder / "b.png", RGB[:20, :, 0])
    (folder / "c.png").write_bytes(b"nothing")
    told: list[tuple[int, int]] = []
    summary = describe_dataset(str(folder), lambda done, total: told.append((done, total)))
    assert (summary.count, summary.height, summary.width, summary.channels) == (2, None, 28, 3)
    assert len(summary.skipped) == 1
    assert told == [(1, 3), (2, 3), (3, 3)]
