"""Pictures on disk, their recipes inside: PNG and animated GIF."""

from io import BytesIO
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from core.atomic import write_atomically
from core.export.animation import animate
from core.export.errors import ExportError
from core.export.grid import Pixels, TraversalGrid, check_pixels
from core.export.recipe import Recipe
from core.export.sheet import compose

KEY = "icdrl"
"""Keyword of the recipe's iTXt chunk in a PNG, and first word of its comment in a GIF."""

FRAME_MS = 80
"""12.5 frames a second; a GIF counts in hundredths of a second."""


def save_picture(path: Path, grid: TraversalGrid, recipe: Recipe, scale: int | None = None) -> None:
    """Write the grid to `path`: as a still .png, or as an animated .gif that goes forth and back.

    Args:
        path: the file; its suffix chooses the format.
        grid: what to show.
        recipe: what it was made from; goes into the file.
        scale: how many times each image is enlarged, a whole number; None: a legible size.

    Raises:
        ExportError: another suffix, a picture too large, a recipe with numbers that are not
            finite, or a file that cannot be written; the file then stays as it was.
    """
    match path.suffix.lower():
        case ".png":
            save_png(path, compose(grid, scale), recipe)
        case ".gif":
            _write(path, _gif(animate(grid, scale), recipe))
        case suffix:
            raise ExportError(
                f"{path.name} cannot be written as {suffix or 'a file without a suffix'}: "
                f"choose .png or .gif."
            )


def save_png(path: Path, image: Pixels, recipe: Recipe | None) -> None:
    """Write one image (H, W, C) uint8, C 1 or 3, as it is.

    Raises:
        ExportError: the file cannot be written, and stays as it was; or the recipe has numbers
            that are not finite.
    """
    check_pixels(image, ndim=3)
    chunks = PngInfo()
    if recipe is not None:
        chunks.add_itxt(KEY, recipe.to_json())
    file = BytesIO()
    picture = Image.fromarray(image[..., 0] if image.shape[-1] == 1 else image)
    picture.save(file, "PNG", pnginfo=chunks)
    _write(path, file.getvalue())


def read_recipe(path: Path) -> Recipe:
    """The recipe inside a .png or .gif that icdrl wrote.

    Raises:
        ExportError: the file cannot be read, is no picture, has no recipe, or has one that is
            damaged or of a newer schema.
    """
    try:
        with Image.open(path, formats=("PNG", "GIF")) as picture:
            info = picture.info
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        reason = getattr(error, "strerror", None) or "it is not a PNG or GIF"
        raise ExportError(f"{path} cannot be read as a picture: {reason}.") from error
    comment = info.get("comment")
    if isinstance(comment, bytes) and comment.startswith(f"{KEY} ".encode()):
        text = comment.decode("ascii", "replace").removeprefix(f"{KEY} ")
    elif KEY in info:
        text = str(info[KEY])
    else:
        raise ExportError(f"{path} has no recipe inside: only pictures exported by icdrl have one.")
    try:
        return Recipe.from_json(text)
    except ExportError as error:
        raise ExportError(f"{path}: {error}") from error


def _gif(frames: Pixels, recipe: Recipe) -> bytes:
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


def _write(path: Path, content: bytes) -> None:
    try:
        write_atomically(path, lambda file: file.write(content))
    except OSError as error:
        if not path.parent.is_dir():
            remedy = f"there is no folder {path.parent}; create it or choose another"
        else:
            remedy = f"{error.strerror or error}; make room or choose another folder"
        raise ExportError(f"{path.name} cannot be written: {remedy}.") from error
