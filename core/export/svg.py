"""SVG: pictures, lines and real text in XML, the recipe among its metadata."""

import re
from base64 import b64encode
from collections.abc import Sequence
from io import BytesIO
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

from core.export.canvas import HALO_PX, INK, Align, Area, Box, Colour, Layout, Stroke
from core.export.errors import ExportError
from core.export.grid import Pixels
from core.export.lettering import Lettering, font, line_height
from core.export.raster import as_picture
from core.export.recipe import AnyRecipe

NAMESPACE = "http://www.w3.org/2000/svg"

METADATA_ID = "icdrl"
"""The id of the metadata element that holds the recipe."""

# Aileron is what the sheet was measured with; the others are about as wide.
_FONTS = "Aileron, Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans Condensed', sans-serif"

_NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def svg_of(layout: Layout, recipe: AnyRecipe) -> bytes:
    """What `pixels_of` draws, each image at its own size and shown without smoothing."""
    page = SvgPage(layout)
    layout.draw_on(page)
    return page.content(recipe)


class SvgPage:
    """Paper of XML."""

    def __init__(self, layout: Layout) -> None:
        """Lay out paper; the layout's caption is what screen readers say."""
        width, height = layout.width, layout.height
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
        self._add("title").text = _NO_XML.sub("", layout.caption)
        self._clips = self._add("defs")
        self.bar(Box(0, 0, width, height), layout.paper)

    def write(
        self,
        text: Lettering,
        x: float,
        y: float,
        align: Align = "left",
        colour: Colour = INK,
        halo: Colour | None = None,
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
            if halo:
                element.set("stroke", _hex(halo))
                element.set("stroke-width", str(2 * HALO_PX))
                element.set("paint-order", "stroke")
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

    def bar(self, box: Box, colour: Colour) -> None:
        """Fill a rectangle as `Paper` does."""
        self._add("rect", **_rectangle(box), fill=_hex(colour))

    def draw(self, strokes: Sequence[Stroke], within: Box) -> None:
        """Draw lines as `Paper` does."""
        group = self._clipped(within, fill="none")
        group.set("stroke-linejoin", "round")
        group.set("stroke-linecap", "round")
        for stroke in strokes:
            element = ElementTree.SubElement(group, "path", d=" ".join(map(_path, stroke.paths)))
            element.set("stroke", _hex(stroke.colour))
            element.set("stroke-width", f"{stroke.width:g}")

    def fill(self, areas: Sequence[Area], within: Box) -> None:
        """Fill regions as `Paper` does."""
        group = self._clipped(within)
        for area in areas:
            element = ElementTree.SubElement(group, "path", d=f"{_path(area.outline)}Z")
            element.set("fill", _hex(area.colour))
            element.set("fill-opacity", f"{area.opacity:g}")

    def content(self, recipe: AnyRecipe) -> bytes:
        """The file.

        Raises:
            ExportError: the recipe has numbers that are not finite.
        """
        self._add("metadata", id=METADATA_ID).text = recipe.to_json()
        ElementTree.indent(self._root)
        text: str = ElementTree.tostring(self._root, encoding="unicode")
        return f"{text}\n".encode()

    def _clipped(self, within: Box, **attributes: str) -> ElementTree.Element:
        """A group of which only what is within the box is shown."""
        name = f"plot{len(self._clips)}"
        clip = ElementTree.SubElement(self._clips, "clipPath", id=name)
        ElementTree.SubElement(clip, "rect", _rectangle(within))
        group = self._add("g", **attributes)
        group.set("clip-path", f"url(#{name})")
        return group

    def _add(self, tag: str, **attributes: str) -> ElementTree.Element:
        return ElementTree.SubElement(self._root, tag, attributes)


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


def _rectangle(box: Box) -> dict[str, str]:
    sides = {"x": box.left, "y": box.top, "width": box.width, "height": box.height}
    return {name: str(side) for name, side in sides.items()}


def _path(points: NDArray[np.float64]) -> str:
    """`M1,2 3,4`; a single point is a line of no length, which has round ends."""
    ends = points if len(points) > 1 else points.repeat(2, axis=0)
    return "M" + " ".join(f"{x:.1f},{y:.1f}" for x, y in ends.tolist())
