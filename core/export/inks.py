"""The colours of curves on white paper."""

from core.curves.plot import INKS
from core.export.canvas import Colour

WHITE: Colour = (255, 255, 255)

_FAINT = 0.35


def ink(colour: int) -> Colour:
    """The colour of an index of `INKS`."""
    red, green, blue = bytes.fromhex(INKS[colour % len(INKS)].removeprefix("#"))
    return red, green, blue


def faint(colour: Colour) -> Colour:
    """As if it were nearly transparent; it is not, so that lines hide what is below them."""
    red, green, blue = (round(255 - _FAINT * (255 - part)) for part in colour)
    return red, green, blue
