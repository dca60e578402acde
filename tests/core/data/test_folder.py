import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from core.config.data import DataConfig
from core.data.catalogue import describe_dataset, load_dataset
from core.data.dataset import Dataset
from core.data.errors import DataError
from core.files import images

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
    monkeypatch.setattr(images, "MOST_PIXELS", 1_000)
    _save(folder / "bomb.png", np.zeros((200, 200), dtype=np.uint8))
    _save(folder / "good.png", RGB)
    dataset = load(folder)
    assert len(dataset) == 1
    assert dataset.skipped[0].startswith("bomb.png was left out: 200 x 200 pixels are too many")


def test_that_a_thread_of_an_image_is_left_out_where_it_would_be_padded(
    folder: Path, load: Callable[..., Dataset]
) -> None:
    _save(folder / "good.png", RGB)
    _save(folder / "wide.png", np.zeros((1, 200_000), dtype=np.uint8))
    assert len(load(folder)) == 2
    dataset = load(folder, fit="pad")
    assert len(dataset) == 1
    assert dataset.skipped == (
        "wide.png was left out: padded to a square, 200,000 x 200,000 pixels are too many, "
        "at most 60 million are read; crop or stretch it instead.",
    )


def test_that_a_pipe_called_png_is_left_out_and_not_waited_for(
    folder: Path, load: Callable[..., Dataset]
) -> None:
    _save(folder / "a.png", RGB)
    os.mkfifo(folder / "b.png")
    (folder / "c.png").mkdir()
    assert load(folder).skipped == ("b.png was left out: It is a pipe, not a file.",)


def test_that_files_that_go_while_their_folder_is_read_are_left_out(
    folder: Path, load: Callable[..., Dataset]
) -> None:
    for name in ("a.png", "b.png"):
        _save(folder / name, RGB)
    told: list[int] = []

    def delete_the_other(done: int, total: int) -> None:
        told.append(done)
        (folder / "b.png").unlink(missing_ok=True)

    config = DataConfig(source=str(folder))
    dataset = load_dataset(config, delete_the_other)
    assert told == [1, 2]
    assert dataset.skipped == ("b.png was left out: No such file or directory.",)


def test_that_a_subfolder_that_goes_while_its_folder_is_listed_is_passed_over(
    folder: Path, load: Callable[..., Dataset], monkeypatch: pytest.MonkeyPatch
) -> None:
    _save(folder / "a.png", RGB)
    _save(folder / "sub" / "b.png", RGB)
    scandir = os.scandir

    def scandir_too_late(path: str) -> object:
        if Path(path).name == "sub":
            (folder / "sub" / "b.png").unlink()
            (folder / "sub").rmdir()
        return scandir(path)

    monkeypatch.setattr(os, "scandir", scandir_too_late)
    assert len(load(folder)) == 1


def test_that_a_name_that_is_not_utf_8_is_told_in_words_that_can_be_written(
    tmp_path: Path,
) -> None:
    folder = tmp_path / os.fsdecode(b"pictures-\xe9")
    _save(folder / "a.png", RGB)
    (folder / os.fsdecode(b"caf\xe9.png")).write_bytes(b"nothing")
    summary = describe_dataset(str(folder))
    assert summary.name == r"pictures-\udce9"
    assert summary.skipped[0].startswith(r"caf\udce9.png was left out: ")
    damaged = folder / os.fsdecode(b"caf\xe9.npz")
    damaged.write_bytes(b"nothing")
    with pytest.raises(DataError, match=r"caf\\udce9\.npz cannot be read") as caught:
        describe_dataset(str(damaged))
    assert str(caught.value).encode()


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
