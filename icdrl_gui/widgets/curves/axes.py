"""Ticks of pyqtgraph's axes: those of `core.curves.ticks`."""

from typing import Any

from core.curves.ticks import XAxis, logarithmic_ticks, short, x_spacing, x_words


def set_x_ticks(axis: Any, kind: XAxis, letter_px: int) -> None:
    """Let a pyqtgraph AxisItem count in this kind of number; a letter takes `letter_px` pixels."""
    words = x_words(kind)
    axis.tickStrings = lambda values, scale, spacing: [words(value) for value in values]
    axis.tickSpacing = lambda low, high, size: [
        x_spacing(kind, low, high, letter_px / max(size, 1))
    ]
    axis.picture = None
    axis.update()


def set_y_ticks(axis: Any, line_px: int) -> None:
    """Short numbers, on a logarithmic axis as well, each `line_px` pixels high."""
    linear = axis.tickValues

    def values(low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        if not axis.logMode:
            found: list[tuple[float, list[float]]] = linear(low, high, size)
            return found
        return [(1.0, logarithmic_ticks(low, high, 1.3 * line_px / max(size, 1)))]

    def strings(values: list[float], scale: float, spacing: float) -> list[str]:
        if axis.logMode:
            return [short(10**value) for value in values]
        return [short(value, spacing) for value in values]

    axis.tickValues = values
    axis.tickStrings = strings
