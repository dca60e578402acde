"""The app's icon for every system, made from resources/icons/icdrl.svg: PNG, ICO, ICNS.

Run as `python packaging/icons.py FOLDER`.
"""

import sys
from pathlib import Path

from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

SOURCE = Path(__file__).parents[1] / "resources" / "icons" / "icdrl.svg"
SIZES = (16, 22, 24, 32, 48, 64, 128, 256, 512)


def write_icons(folder: Path) -> None:
    """Write icdrl-SIZE.png for each size, icdrl.ico and icdrl.icns into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for size in SIZES:
        _drawn(size).save(str(folder / f"icdrl-{size}.png"))
    with Image.open(folder / "icdrl-512.png") as largest:
        largest.save(folder / "icdrl.ico", sizes=[(size, size) for size in SIZES if size <= 256])
        largest.save(folder / "icdrl.icns")


def _drawn(size: int) -> QImage:
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(str(SOURCE)).render(painter)
    painter.end()
    return image


if __name__ == "__main__":
    write_icons(Path(sys.argv[1]))
