"""Where the files lie that ship with the app."""

from pathlib import Path

# The same in the source tree, an editable installation and a bundle.
RESOURCES = Path(__file__).resolve().parents[1] / "resources"
