"""PDF: pictures, lines and real text on one page, the recipe attached as a file."""

import logging
import zlib
from collections.abc import Sequence
from io import BytesIO
from typing import cast

import numpy as np
from numpy.typing import NDArray
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

from core.export.canvas import HALO_PX, INK, Align, Area, Box, Colour, Layout, Stroke
from core.export.errors import ExportError
from core.export.grid import Pixels
from core.export.lettering import Lettering, font, line_height, printable
from core.export.recipe import AnyRecipe

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


def pdf_of(layout: Layout, recipe: AnyRecipe) -> bytes:
    """What `pixels_of` draws, each image at its own size and shown without smoothing."""
    page = PdfPage(layout.width, layout.height, layout.paper)
    layout.draw_on(page)
    return page.content(layout.caption, recipe)


class PdfPage:
    """Paper that is the only page of a PDF."""

    def __init__(self, width: int, height: int, paper: Colour) -> None:
        """Lay out paper of so many pixels and of a colour."""
        self._height = height
        self._writer = PdfWriter()
        unit = min(POINTS_A_PIXEL, LONGEST_SIDE / max(width, height))
        self._page = self._writer.add_blank_page(width * unit, height * unit)
        self._drawing = [
            f"{unit:.6f} 0 0 {unit:.6f} 0 0 cm",
            "1 J 1 j",  # Round ends and joints.
        ]
        self.bar(Box(0, 0, width, height), paper)
        self._images: dict[str, PdfObject] = {}
        self._opacities: dict[str, PdfObject] = {}

    def write(
        self,
        text: Lettering,
        x: float,
        y: float,
        align: Align = "left",
        colour: Colour = INK,
        halo: Colour | None = None,
    ) -> None:
        """Write `text` as `Paper` does; letters that the font lacks become their plain kin."""
        ascent, _ = font(text.size).getmetrics()
        for i, line in enumerate(text.lines):
            letters = printable(line).encode(_ENCODING, "replace")
            width = font(_EM).getlength(letters.decode(_ENCODING)) * text.size / _EM
            left = x - {"left": 0, "centre": width / 2, "right": width}[align]
            baseline = self._height - (y + ascent + i * line_height(text.size))
            written = f"BT /F {text.size} Tf {left:.2f} {baseline:.2f} Td <{letters.hex()}> Tj ET"
            if halo:
                outline = f"{_rgb(halo)} RG {2 * HALO_PX} w 1 Tr"
                self._drawing.append(f"q {outline} {written} Q")
            self._drawing.append(f"{_rgb(colour)} rg {written}")

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

    def bar(self, box: Box, colour: Colour) -> None:
        """Fill a rectangle as `Paper` does."""
        self._drawing.append(f"{_rgb(colour)} rg {self._rectangle(box)} re f")

    def draw(self, strokes: Sequence[Stroke], within: Box) -> None:
        """Draw lines as `Paper` does."""
        self._drawing.append(f"q {self._rectangle(within)} re W n")
        for stroke in strokes:
            paths = " ".join(map(self._path, stroke.paths))
            self._drawing.append(f"{_rgb(stroke.colour)} RG {stroke.width:g} w {paths} S")
        self._drawing.append("Q")

    def fill(self, areas: Sequence[Area], within: Box) -> None:
        """Fill regions as `Paper` does."""
        for area in areas:
            name = f"/Opacity{round(100 * area.opacity)}"
            self._opacities[name] = _dictionary({"/ca": FloatObject(f"{area.opacity:.2f}")})
            clip = f"{self._rectangle(within)} re W n"
            outline = self._path(area.outline)
            self._drawing.append(f"q {clip} {name} gs {_rgb(area.colour)} rg {outline} h f Q")

    def content(self, title: str, recipe: AnyRecipe) -> bytes:
        """The file."""
        drawing = "\n".join(self._drawing).encode("ascii")
        self._page[NameObject("/Contents")] = self._add_stream(drawing, {})
        self._page[NameObject("/Resources")] = _dictionary(
            {
                "/Font": _dictionary({"/F": self._writer._add_object(self._font())}),
                "/XObject": _dictionary(self._images),
                "/ExtGState": _dictionary(self._opacities),
            }
        )
        self._writer.add_metadata({"/Title": _encodable(title), "/Creator": "icdrl"})
        self._writer.add_attachment(ATTACHMENT, recipe.to_json())
        file = BytesIO()
        self._writer.write(file)
        return file.getvalue()

    def _rectangle(self, box: Box) -> str:
        return f"{box.left} {self._height - box.bottom} {box.width} {box.height}"

    def _path(self, points: NDArray[np.float64]) -> str:
        """A single point is a line of no length, which has round ends."""
        ends = points if len(points) > 1 else points.repeat(2, axis=0)
        first, *others = (f"{x:.1f} {self._height - y:.1f}" for x, y in ends.tolist())
        return " ".join([f"{first} m", *(f"{other} l" for other in others)])

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
    return " ".join(f"{part / 255:.4f}" for part in colour)
