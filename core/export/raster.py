"""PNG, GIF and WebP: pixels as bytes of a file, with the recipe inside."""

import re
from io import BytesIO

from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo

from core.export.errors import ExportError
from core.export.grid import Pixels
from core.export.recipe import AnyRecipe

KEY = "icdrl"
"""Keyword of the recipe's iTXt chunk in a PNG; first word before it in a GIF's comment and in a
WebP's Exif description."""

_AFTER_KEY = re.compile(f"{KEY} (\\{{[^\\0]*)".encode())

_LONGEST_WEBP = 16_383  # Pixels.

FRAME_MS = 80
"""12.5 frames a second; a GIF counts in hundredths of a second."""


def as_picture(image: Pixels) -> Image.Image:
    """An image (H, W, C), C 1, 3 or 4, as Pillow has it."""
    return Image.fromarray(image[..., 0] if image.shape[-1] == 1 else image)


def png(image: Pixels, recipe: AnyRecipe | None) -> bytes:
    """One image (H, W, C), C 1, 3 or 4, as it is."""
    chunks = PngInfo()
    if recipe is not None:
        chunks.add_itxt(KEY, recipe.to_json())
    file = BytesIO()
    as_picture(image).save(file, "PNG", pnginfo=chunks)
    return file.getvalue()


def webp(frames: Pixels, recipe: AnyRecipe) -> bytes:
    """Frames (F, H, W, 3) as an endless animation without loss; a still picture where F is 1.

    Raises:
        ExportError: a side is longer than the format allows.
    """
    if max(frames.shape[1:3]) > _LONGEST_WEBP:
        raise ExportError(
            f"A WebP is at most {_LONGEST_WEBP:,} pixels wide and high: choose a smaller scale, "
            f"fewer codes or another format."
        )
    exif = Image.Exif()
    exif[ExifTags.Base.ImageDescription] = f"{KEY} {recipe.to_json()}"
    first, *others = map(as_picture, frames)
    file = BytesIO()
    first.save(
        file,
        "WEBP",
        save_all=True,
        append_images=others,
        duration=FRAME_MS,
        loop=0,
        lossless=True,
        exif=exif,
    )
    return file.getvalue()


def gif(frames: Pixels, recipe: AnyRecipe) -> bytes:
    """Frames (F, H, W, 3) as an endless animation, all of the same 256 colours."""
    count, height, width, _ = frames.shape
    # Reducing the colours of all frames at once, without dithering, keeps what rests at rest; up
    # to 256 colours, as grey images have, come out exactly.
    strip = Image.fromarray(frames.reshape(count * height, width, 3)).quantize(
        dither=Image.Dither.NONE
    )
    first, *others = (
        strip.crop((0, top, width, top + height)) for top in range(0, count * height, height)
    )
    file = BytesIO()
    first.save(
        file,
        "GIF",
        save_all=True,
        append_images=others,
        duration=FRAME_MS,
        loop=0,
        comment=f"{KEY} {recipe.to_json()}".encode("ascii"),
    )
    return file.getvalue()


def recipe_in_raster(content: bytes) -> str | None:
    """The text of the recipe in a PNG, GIF or WebP, or None.

    Raises:
        ExportError: it is no such picture.
    """
    try:
        with Image.open(BytesIO(content), formats=("PNG", "GIF", "WEBP")) as picture:
            info = picture.info
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise ExportError("it is not a PNG, SVG, PDF, GIF, WebP or CSV") from error
    if KEY in info:
        return str(info[KEY])
    # Exif is not taken apart for its one text: at a damaged one Pillow warns instead of raising.
    found = _AFTER_KEY.search(info.get("comment", b"") + info.get("exif", b""))
    return found[1].decode("ascii", "replace") if found else None
