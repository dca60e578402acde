"""An image is encoded, edited and compared with itself."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pytestqt.qtbot import QtBot

from core.protocol import Answer, Encode, Failed, Refused
from tests.icdrl_gui.models.scene import Scene


def test_that_an_image_is_encoded_in_one_step_of_undo(scene: Scene, qtbot: QtBot) -> None:
    before = scene.latent
    busy: list[bool] = []
    scene.model.encoding_changed.connect(busy.append)
    scene.model.encode(12)
    with qtbot.waitSignal(scene.model.encoded):
        scene.link.encode([0.5, 0.5, 0, 1, 0, 0.25, -0.25])
    assert busy == [True, False]
    assert scene.latent == [0.5, 0.5, 0, 1, 0, 0.25, -0.25]
    assert scene.model.noise_seed is None
    assert scene.model.encoding is not None
    assert (scene.model.encoding.error, scene.model.encoding.error_without_noise) == (0.012, 0.034)
    scene.model.undo()
    assert scene.latent == before
    assert scene.model.encoding is None
    scene.model.redo()
    assert scene.model.encoding is not None


def test_that_edits_of_an_image_are_still_compared_with_it(scene: Scene) -> None:
    scene.model.encode(12)
    scene.link.encode([0.5, 0.5, 0, 1, 0, 0.25, -0.25])
    scene.model.set_code("c1", 1)
    scene.model.set_latent(np.array([0.5, 0.5, 0, 1, 0, 1, 0.5]))
    assert scene.model.encoding is not None
    scene.model.set_latent(np.array([0.1, 0.5, 0, 1, 0, 1, 0.5]))
    assert scene.model.encoding is None


def test_that_closing_the_image_keeps_the_latent(scene: Scene) -> None:
    scene.model.encode(12)
    scene.link.encode([0.5, 0.5, 0, 1, 0, 0.25, -0.25])
    scene.model.close_image()
    assert scene.model.encoding is None
    assert scene.latent[0] == 0.5


def test_that_an_encoding_can_be_given_up(scene: Scene) -> None:
    scene.model.encode(12)
    scene.model.cancel_encoding()
    assert not scene.model.encoding_goes_on
    assert scene.link.cancelled == ["encode"]
    scene.model.cancel_encoding()
    assert scene.link.cancelled == ["encode"]


def test_that_another_image_takes_the_place_of_one_that_is_being_encoded(scene: Scene) -> None:
    scene.model.encode(12)
    scene.model.encode(13)
    assert scene.link.cancelled == ["encode"]
    assert scene.model.encoding_goes_on
    scene.link.encode([0.5, 0.5, 0, 1, 0, 0.25, -0.25])
    assert not scene.model.encoding_goes_on


def test_that_an_image_file_is_read_beside_the_window_and_encoded(
    scene: Scene, tmp_path: Path, qtbot: QtBot
) -> None:
    Image.new("RGB", (9, 5)).save(tmp_path / "a.png")
    scene.model.encode_file(tmp_path / "a.png")
    assert scene.model.encoding_goes_on
    qtbot.waitUntil(lambda: "encode" in scene.link.waiting)
    request = scene.link.asked[-1][1]
    assert isinstance(request, Encode)
    assert isinstance(request.image, np.ndarray)
    assert request.image.shape == (5, 9, 3)
    assert scene.model.encoding_goes_on


def test_that_reading_an_image_file_can_be_given_up(
    scene: Scene, tmp_path: Path, qtbot: QtBot
) -> None:
    Image.new("RGB", (9, 5)).save(tmp_path / "a.png")
    scene.model.encode_file(tmp_path / "a.png")
    scene.model.cancel_encoding()
    assert not scene.model.encoding_goes_on
    qtbot.wait(50)
    assert "encode" not in scene.link.waiting


def test_that_a_broken_image_file_is_told_and_nothing_else_changes(
    scene: Scene, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "a.png").write_bytes(b"nothing")
    with qtbot.waitSignal(scene.model.trouble):
        scene.model.encode_file(tmp_path / "a.png")
    assert "a.png" in scene.trouble[0]
    assert not scene.model.encoding_goes_on


@pytest.mark.parametrize("answer", [Refused("No such image."), Failed("A defect.", "trace")])
def test_that_a_refused_encoding_is_told_and_over(scene: Scene, answer: Answer) -> None:
    before = scene.latent
    scene.model.encode(99)
    scene.link.refuse("encode", answer)
    assert len(scene.trouble) == 1
    assert not scene.model.encoding_goes_on
    assert scene.latent == before
