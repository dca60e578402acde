"""SVG: a grid as pictures and real text in XML, and recipes inside any SVG."""

import re
from base64 import b64encode
from io import BytesIO
from xml.etree import ElementTree

from core.export.canvas import INK, PAPER, Align, Colour
from core.export.errors import ExportError
from core.export.grid import ImageGrid, Pixels
from core.export.lettering import Lettering, font, line_height
from core.export.raster import as_picture
from core.export.recipe import AnyRecipe
from core.export.sheet import Sheet

NAMESPACE = "http://www.w3.org/2000/svg"

METADATA_ID = "icdrl"
"""The id of the metadata element that holds the recipe."""

# Aileron is what the sheet was measured with; the others are about as wide.
_FONTS = "Aileron, Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans Condensed', sans-serif"

_NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def svg_sheet(grid: ImageGrid, scale: int | None, recipe: AnyRecipe) -> bytes:
    """The sheet that `compose` draws, each image at its own size and shown without smoothing."""
    sheet = Sheet(grid, scale)
    page = SvgPage(sheet.width, sheet.height, grid.title)
    sheet.draw_on(page)
    return with_recipe(page.content(), recipe)


class SvgPage:
    """Paper of XML."""

    def __init__(self, width: int, height: int, title: str) -> None:
        """Lay out paper of so many pixels; `title` is what screen readers say."""
        self._root = ElementTree.Element(
            "svg",
            {
                "xmlns": NAMESPACE,
                # What readers of SVG 1.1 know; browsers still do.
                "xmlns:xlink": "http://www.w3.org/1999/xlink",
                "width": str(width),
                "height": str(height),
                "viewBox": f"0 0 {width} {height}",
                "font-family": _FONTS,
            },
        )
        self._add("title").text = _NO_XML.sub("", title)
        self._add("rect", width=str(width), height=str(height), fill=_hex(PAPER))

    def write(
        self, text: Lettering, x: float, y: float, align: Align = "left", colour: Colour = INK
    ) -> None:
        """Write `text` as `Paper` does, all its letters as they are."""
        anchor = {"left": "start", "centre": "middle", "right": "end"}[align]
        ascent, _ = font(text.size).getmetrics()
        for i, line in enumerate(text.lines):
            element = self._add(
                "text", x=f"{x:g}", y=f"{y + ascent + i * line_height(text.size):g}"
            )
            element.set("font-size", str(text.size))
            element.set("text-anchor", anchor)
            element.set("fill", _hex(colour))
            element.text = _NO_XML.sub("", line)

    def paste(self, image: Pixels, scale: int, x: int, y: int) -> None:
        """Put an image as `Paper` does: the reader enlarges it."""
        height, width = (side * scale for side in image.shape[:2])
        element = self._add("image", x=str(x), y=str(y), width=str(width), height=str(height))
        # The attribute is for readers that don't know the style.
        element.set("image-rendering", "optimizeSpeed")
        element.set("style", "image-rendering: pixelated")
        file = BytesIO()
        as_picture(image).save(file, "PNG")
        element.set("xlink:href", f"data:image/png;base64,{b64encode(file.getvalue()).decode()}")

    def content(self) -> bytes:
        """The file."""
        ElementTree.indent(self._root)
        text: str = ElementTree.tostring(self._root, encoding="unicode")
        return f"{text}\n".encode()

    def _add(self, tag: str, **attributes: str) -> ElementTree.Element:
        return ElementTree.SubElement(self._root, tag, attributes)


def with_recipe(svg: bytes, recipe: AnyRecipe) -> bytes:
    """The SVG with the recipe as its last element; all else stays as it is, byte for byte.

    Raises:
        ValueError: it is no SVG in UTF-8.
        ExportError: the recipe has numbers that are not finite.
    """
    before, end, after = svg.rpartition(b"</svg>")
    if not end or ElementTree.fromstring(svg).tag != f"{{{NAMESPACE}}}svg":
        raise ValueError("no SVG")
    metadata = ElementTree.Element("metadata", id=METADATA_ID)
    metadata.text = recipe.to_json()
    return before + ElementTree.tostring(metadata) + b"\n" + end + after


def recipe_in_svg(content: bytes) -> str | None:
    """The text of the recipe in an SVG, or None.

    Raises:
        ExportError: it is no XML.
    """
    try:
        root = ElementTree.fromstring(content)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise ExportError(f"the SVG is damaged ({error})") from error
    elements = root.iter(f"{{{NAMESPACE}}}metadata")
    return next((each.text for each in elements if each.get("id") == METADATA_ID), None)


def _hex(colour: Colour) -> str:
    return "#" + bytes(colour).hex()
