"""Images that people drop on the window."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.files import images
from core.files.images import ImageFileError
from icdrl_gui.models.pictures.image_file import check_image, read_image


def test_that_a_colour_image_comes_as_it_is(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (5, 7, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    assert np.array_equal(read_image(tmp_path / "a.png"), pixels)


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "CMYK", "I;16"])
def test_that_every_kind_of_pixel_becomes_rgb(tmp_path: Path, mode: str) -> None:
    file = tmp_path / ("a.jpg" if mode == "CMYK" else "a.png")
    Image.new(mode, (6, 4)).save(file)
    image = read_image(file)
    assert image.shape == (4, 6, 3)
    assert image.dtype == np.uint8


def test_that_sixteen_bits_are_cut_to_eight(tmp_path: Path) -> None:
    Image.fromarray(np.full((2, 2), 0xAB12, dtype=np.uint16)).save(tmp_path / "a.png")
    assert (read_image(tmp_path / "a.png") == 0xAB).all()


def test_that_transparency_lies_over_black(tmp_path: Path) -> None:
    Image.new("RGBA", (2, 2), (255, 255, 255, 0)).save(tmp_path / "a.png")
    assert (read_image(tmp_path / "a.png") == 0).all()


def test_that_a_photograph_stands_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # Turned by a quarter.
    Image.new("RGB", (20, 10)).save(tmp_path / "a.jpg", exif=exif)
    assert read_image(tmp_path / "a.jpg").shape == (20, 10, 3)


def test_that_a_large_picture_is_shrunk(tmp_path: Path) -> None:
    Image.new("RGB", (5000, 2500)).save(tmp_path / "a.png")
    assert read_image(tmp_path / "a.png").shape == (1024, 2048, 3)


@pytest.mark.parametrize("content", [b"", b"not an image", b"\x89PNG\r\n\x1a\n" + b"\0" * 40])
def test_that_what_is_no_image_is_told_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "a.png"
    file.write_bytes(content)
    with pytest.raises(ImageFileError, match=r"a\.png"):
        read_image(file)


def test_that_a_truncated_image_is_told_in_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "a.png"
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(noise).save(file)
    file.write_bytes(file.read_bytes()[:2000])
    with pytest.raises(ImageFileError, match="damaged"):
        read_image(file)


def test_that_a_missing_file_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ImageFileError, match="No such file"):
        read_image(tmp_path / "gone.png")


def test_that_too_large_a_file_or_picture_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Image.new("RGB", (40, 30)).save(tmp_path / "a.png")
    monkeypatch.setattr(images, "MOST_PIXELS", 1000)
    with pytest.raises(
        ImageFileError, match=r"a\.png cannot be encoded: 40 x 30 pixels are too many"
    ):
        read_image(tmp_path / "a.png")
    monkeypatch.setattr(images, "LARGEST_FILE", 10)
    with pytest.raises(ImageFileError, match="are too much"):
        read_image(tmp_path / "a.png")


def test_that_another_format_called_png_is_told_what_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EOF\n")
    for read in (read_image, check_image):
        with pytest.raises(ImageFileError, match="no PNG, JPEG or WebP image"):
            read(tmp_path / "a.png")
