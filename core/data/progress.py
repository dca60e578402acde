"""How long work on many images reports back."""

from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Called with (images done, images in all)."""
