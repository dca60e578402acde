"""How long work on many images reports back."""

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Called with (images done, images in all), or (0, 0) while nothing can be counted yet.

What it raises reaches whoever asked for the images, and nothing half done is left.
"""
