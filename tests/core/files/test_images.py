"""Image files from anywhere, in every format that Pillow would open, and in sizes that it would."""

import os
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from core.files import images
from core.files.images import ImageFileError, grey_or_rgb, opened_image

EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 20 10\nshowpage\n%%EOF\n"


def _decode(path: Path) -> Image.Image:
    with opened_image(path) as image:
        return grey_or_rgb(image)


def _png(width: int, height: int) -> bytes:
    """A PNG of grey bytes that declares this size and holds none of it."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = (header, b"IDAT", b"IEND")
    packed = [struct.pack(">I", len(c) - 4) + c + struct.pack(">I", zlib.crc32(c)) for c in chunks]
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


@pytest.fixture
def ghostscript(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What a program called `gs` leaves behind when it is started."""
    started = tmp_path / "started"
    program = tmp_path / "bin" / "gs"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\ntouch '{started}'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return started


def test_that_an_eps_called_png_starts_no_other_program(tmp_path: Path, ghostscript: Path) -> None:
    (tmp_path / "a.png").write_bytes(EPS)
    with pytest.raises(ImageFileError, match="it is no PNG, JPEG or WebP image"):
        _decode(tmp_path / "a.png")
    assert not ghostscript.exists()


@pytest.mark.parametrize("kind", ["BMP", "GIF", "TIFF", "PPM", "ICO", "JPEG2000", "PDF", "TGA"])
def test_that_the_content_decides_whatever_the_file_is_called(tmp_path: Path, kind: str) -> None:
    Image.new("RGB", (16, 16)).save(tmp_path / "a.png", kind)
    with pytest.raises(ImageFileError, match="no PNG, JPEG or WebP image"):
        _decode(tmp_path / "a.png")
    Image.new("RGB", (16, 16)).save(tmp_path / "a.png", "WEBP")
    assert _decode(tmp_path / "a.png").size == (16, 16)


@pytest.mark.parametrize(
    ("width", "height"),
    [(13_000, 6_800), (60_000_001, 1), (40_000, 40_000), (2**31 - 1, 2**31 - 1)],
)
def test_that_an_image_of_too_many_pixels_is_refused_before_it_is_decoded(
    tmp_path: Path, width: int, height: int
) -> None:
    (tmp_path / "a.png").write_bytes(_png(width, height))
    with pytest.raises(ImageFileError, match=r"too many(?: pixels)?, at most 60 million are read"):
        _decode(tmp_path / "a.png")


def test_that_an_image_that_does_not_fit_into_memory_is_refused_before_it_is_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.png").write_bytes(_png(130_000, 1_000))
    monkeypatch.setattr(images, "MOST_PIXELS", 10**9)
    monkeypatch.setattr(images, "_BYTES_PER_PIXEL", 10**6)
    with pytest.raises(
        ImageFileError, match=r"130,000 x 1,000 pixels needs 130,000\.0 GB of memory"
    ):
        _decode(tmp_path / "a.png")


def test_that_too_large_a_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with (tmp_path / "a.webp").open("wb") as file:
        file.truncate(300 * 2**20)
    with pytest.raises(ImageFileError, match=r"314\.6 MB are too much, at most 268\.4 MB are read"):
        _decode(tmp_path / "a.webp")


def test_that_pipes_and_folders_are_told_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "folder.png").mkdir()
    for name, kind in (("pipe.png", "a pipe"), ("folder.png", "a folder")):
        with pytest.raises(ImageFileError, match=f"It is {kind}, not a file"):
            _decode(tmp_path / name)
