"""What the tests of the models share."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from tests.icdrl_gui.models.scene import Scene


@pytest.fixture
def scene(qtbot: QtBot, tmp_path: Path) -> Scene:
    """Return a scene with a shown run of 2 noise, 3 of k1, c1 and c2."""
    scene = Scene(tmp_path)
    scene.show()
    return scene
