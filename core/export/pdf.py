"""PDF: a grid as pictures and real text on one page, the recipe attached as a file."""

import logging
import zlib
from io import BytesIO
from typing import cast

from pypdf import PdfReader, PdfWriter
from pypdf.errors import DependencyError, PyPdfError
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    PdfObject,
)

from core.export.canvas import INK, PAPER, Align, Colour
from core.export.errors import ExportError
from core.export.grid import ImageGrid, Pixels
from core.export.lettering import Lettering, font, line_height, printable
from core.export.recipe import AnyRecipe
from core.export.sheet import Sheet

ATTACHMENT = "recipe.json"

POINTS_A_PIXEL = 0.75
"""96 pixels are an inch, as on screen."""

LONGEST_SIDE = 14_400
"""Points; readers show no longer page."""

# It warns of all that it mends in a foreign file; what it cannot mend is raised.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)

# What pypdf raises at a damaged file: its own errors, but not only those.
_FAULTS = (
    PyPdfError,
    DependencyError,
    ArithmeticError,
    AttributeError,
    LookupError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    zlib.error,
)

_ENCODING = "cp1252"  # What PDF calls WinAnsiEncoding.
_EM = 1000  # The units of an em in a PDF's font metrics.


def pdf_sheet(grid: ImageGrid, scale: int | None, recipe: AnyRecipe) -> bytes:
    """The sheet that `compose` draws, each image at its own size and shown without smoothing."""
    sheet = Sheet(grid, scale)
    page = PdfPage(sheet.width, sheet.height)
    sheet.draw_on(page)
    return page.content(grid.title, recipe)


class PdfPage:
    """Paper that is the only page of a PDF."""

    def __init__(self, width: int, height: int) -> None:
        """Lay out paper of so many pixels."""
        self._height = height
        self._writer = PdfWriter()
        unit = min(POINTS_A_PIXEL, LONGEST_SIDE / max(width, height))
        self._page = self._writer.add_blank_page(width * unit, height * unit)
        self._drawing = [
            f"{unit:.6f} 0 0 {unit:.6f} 0 0 cm",
            f"{_rgb(PAPER)} 0 0 {width} {height} re f",
        ]
        self._images: dict[str, PdfObject] = {}

    def write(
        self, text: Lettering, x: float, y: float, align: Align = "left", colour: Colour = INK
    ) -> None:
        """Write `text` as `Paper` does; letters that the font lacks become their plain kin."""
        ascent, _ = font(text.size).getmetrics()
        for i, line in enumerate(text.lines):
            letters = printable(line).encode(_ENCODING, "replace")
            width = font(_EM).getlength(letters.decode(_ENCODING)) * text.size / _EM
            left = x - {"left": 0, "centre": width / 2, "right": width}[align]
            baseline = self._height - (y + ascent + i * line_height(text.size))
            self._drawing.append(
                f"BT /F {text.size} Tf {_rgb(colour)} {left:.2f} {baseline:.2f} Td "
                f"<{letters.hex()}> Tj ET"
            )

    def paste(self, image: Pixels, scale: int, x: int, y: int) -> None:
        """Put an image as `Paper` does: the reader enlarges it."""
        height, width, channels = image.shape
        name = f"/Image{len(self._images)}"
        self._images[name] = self._add_stream(
            image.tobytes(),
            {
                "/Type": NameObject("/XObject"),
                "/Subtype": NameObject("/Image"),
                "/Width": NumberObject(width),
                "/Height": NumberObject(height),
                "/ColorSpace": NameObject("/DeviceGray" if channels == 1 else "/DeviceRGB"),
                "/BitsPerComponent": NumberObject(8),
            },
        )
        bottom = self._height - y - height * scale
        self._drawing.append(f"q {width * scale} 0 0 {height * scale} {x} {bottom} cm {name} Do Q")

    def content(self, title: str, recipe: AnyRecipe) -> bytes:
        """The file."""
        drawing = "\n".join(self._drawing).encode("ascii")
        self._page[NameObject("/Contents")] = self._add_stream(drawing, {})
        self._page[NameObject("/Resources")] = _dictionary(
            {
                "/Font": _dictionary({"/F": self._writer._add_object(self._font())}),
                "/XObject": _dictionary(self._images),
            }
        )
        self._writer.add_metadata({"/Title": _encodable(title), "/Creator": "icdrl"})
        self._writer.add_attachment(ATTACHMENT, recipe.to_json())
        file = BytesIO()
        self._writer.write(file)
        return file.getvalue()

    def _font(self) -> DictionaryObject:
        """The font that texts are measured with; it travels in the file, all 12 kB of it."""
        metrics = font(_EM)
        name = NameObject("/" + "-".join(part or "" for part in metrics.getname()))
        letters = bytes(range(32, 256)).decode(_ENCODING, "replace")
        ascent, descent = metrics.getmetrics()
        program = cast(BytesIO, metrics.path).getvalue()
        descriptor = _dictionary(
            {
                "/Type": NameObject("/FontDescriptor"),
                "/FontName": name,
                "/Flags": NumberObject(32),  # Latin letters only.
                "/FontBBox": ArrayObject(map(NumberObject, (-_EM, -descent, 2 * _EM, ascent))),
                "/ItalicAngle": NumberObject(0),
                "/Ascent": NumberObject(ascent),
                "/Descent": NumberObject(-descent),
                "/CapHeight": NumberObject(-metrics.getbbox("H", anchor="ls")[1]),
                "/StemV": NumberObject(80),
                "/FontFile2": self._add_stream(program, {"/Length1": NumberObject(len(program))}),
            }
        )
        return _dictionary(
            {
                "/Type": NameObject("/Font"),
                "/Subtype": NameObject("/TrueType"),
                "/BaseFont": name,
                "/FirstChar": NumberObject(32),
                "/LastChar": NumberObject(255),
                "/Widths": ArrayObject(FloatObject(metrics.getlength(each)) for each in letters),
                "/Encoding": NameObject("/WinAnsiEncoding"),
                "/FontDescriptor": self._writer._add_object(descriptor),
            }
        )

    def _add_stream(self, data: bytes, entries: dict[str, PdfObject]) -> PdfObject:
        stream = DecodedStreamObject()
        stream.set_data(data)
        packed = stream.flate_encode()
        packed.update(_dictionary(entries))
        return self._writer._add_object(packed)


def recipe_in_pdf(content: bytes) -> str | None:
    """The text of the recipe attached to a PDF, or None.

    Raises:
        ExportError: it is no PDF, or protected by a password.
    """
    try:
        attached = PdfReader(BytesIO(content)).attachments.get(ATTACHMENT)
    except _FAULTS as error:
        raise ExportError("the PDF is damaged or protected by a password") from error
    return attached[0].decode("ascii", "replace") if attached else None


def _dictionary(entries: dict[str, PdfObject]) -> DictionaryObject:
    return DictionaryObject({NameObject(name): value for name, value in entries.items()})


def _encodable(text: str) -> str:
    """`text` with a question mark for what only a broken file name has: half a letter."""
    return text.encode("utf-8", "replace").decode()


def _rgb(colour: Colour) -> str:
    """The operator that fills with this colour from now on."""
    return " ".join(f"{part / 255:.4f}" for part in colour) + " rg"
