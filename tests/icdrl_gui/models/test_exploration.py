"""The latent that is explored, with an explorer that answers by script."""

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from core.protocol import Drawn, Encode, Refused
from icdrl_gui.models.latent_point import draw_noise
from tests.icdrl_gui.models.scene import Scene, steps_back


def test_that_without_a_run_nothing_is_asked_and_nothing_fails(
    qtbot: QtBot, tmp_path: Path
) -> None:
    scene = Scene(tmp_path)
    model = scene.model
    for edit in (model.reset, model.new_noise, model.undo, model.remember_a, model.close_image):
        edit()
    model.interpolate(0.5)
    assert model.latent is None
    assert model.as_text() == ""
    model.from_text("latent:1")
    model.encode(0)
    assert len(scene.trouble) == 2
    assert scene.link.asked == []


def test_that_a_run_begins_with_noise_of_seed_0_and_codes_in_their_middle(scene: Scene) -> None:
    assert scene.latent[2:] == [1, 0, 0, 0, 0]
    assert scene.model.noise_seed == 0
    assert scene.model.category("k1") == 0
    assert len(scene.link.latents_drawn()) == 1


def test_that_the_picture_follows_a_code(scene: Scene, qtbot: QtBot) -> None:
    scene.link.draw(1)
    scene.model.set_code("c2", 0.4)
    with qtbot.waitSignal(scene.model.image_changed):
        scene.link.draw(200)
    assert scene.model.image is not None
    assert scene.model.image[0, 0, 0] == 200
    assert scene.model.image_step == 10
    assert scene.link.latents_drawn()[-1][6] == np.float32(0.4)
    assert len(scene.model.latencies_ms) == 2


def test_that_a_drag_is_one_step_of_undo_but_draws_every_move(scene: Scene) -> None:
    for value in (0.1, 0.2, 0.3):
        scene.model.set_code("c1", value, changing=True)
    scene.model.set_code("c1", 0.3)
    assert len(scene.link.latents_drawn()) == 4
    assert scene.model.undo_text == "Set c1"
    scene.model.undo()
    assert scene.latent[5] == 0
    assert not scene.model.undo_text
    assert len(scene.link.latents_drawn()) == 5
    scene.model.redo()
    assert scene.latent[5] == 0.3


def test_that_two_drags_of_one_code_are_two_steps(scene: Scene) -> None:
    for value in (0.1, 0.2):
        scene.model.set_code("c1", value, changing=True)
        scene.model.set_code("c1", value)
    assert steps_back(scene.model) == 2


def test_that_a_category_is_one_hot(scene: Scene) -> None:
    scene.model.set_category("k1", 2)
    assert scene.latent[2:5] == [0, 0, 1]
    assert scene.model.category("k1") == 2
    scene.model.undo()
    assert scene.model.category("k1") == 0


def test_that_the_same_seed_draws_the_same_noise_and_keeps_the_codes(scene: Scene) -> None:
    scene.model.set_code("c1", 0.5)
    first = scene.latent
    scene.model.new_noise()
    assert scene.model.noise_seed == 1
    assert scene.latent != first
    assert scene.latent[2:] == first[2:]
    scene.model.new_noise(0)
    assert scene.latent == first


def test_that_noise_comes_from_its_prior(scene: Scene, tmp_path: Path) -> None:
    assert scene.model.spec is not None
    uniform = [draw_noise(scene.model.spec, seed) for seed in range(500)]
    assert np.abs(uniform).max() <= 1
    assert np.std(uniform) == pytest.approx(1 / np.sqrt(3), abs=0.05)
    scene.show("normal", noise_prior="normal")
    normal = [draw_noise(scene.model.spec, seed) for seed in range(500)]
    assert np.std(normal) == pytest.approx(1, abs=0.1)


def test_that_reset_centres_the_codes_and_keeps_the_noise(scene: Scene) -> None:
    scene.model.new_noise(7)
    noise = scene.latent[:2]
    scene.model.set_code("c1", -1)
    scene.model.set_category("k1", 1)
    scene.model.reset()
    assert scene.latent == [*noise, 1, 0, 0, 0, 0]
    assert scene.model.noise_seed == 7


def test_that_undoing_fresh_noise_brings_its_seed_back(scene: Scene) -> None:
    scene.model.new_noise(7)
    scene.model.undo()
    assert scene.model.noise_seed == 0


def test_that_text_leads_back_to_exactly_this_latent(scene: Scene) -> None:
    scene.model.set_code("c1", 1 / 3)
    text, latent = scene.model.as_text(), scene.model.latent
    scene.model.reset()
    scene.model.new_noise()
    scene.model.from_text(text)
    assert latent is not None
    assert scene.model.latent is not None
    assert scene.model.latent.tobytes() == latent.tobytes()
    assert scene.model.noise_seed is None
    assert scene.model.undo_text == "Paste latent"


@pytest.mark.parametrize("text", ["", "hello", "latent:1,2", "latent:0,0,1,0,0,nan,0"])
def test_that_a_wrong_text_is_told_in_a_sentence_and_changes_nothing(
    scene: Scene, text: str
) -> None:
    before = scene.latent
    scene.model.from_text(text)
    assert scene.latent == before
    assert not scene.model.undo_text
    assert len(scene.trouble) == 1
    assert scene.trouble[0].endswith(".")


def test_that_a_latent_of_another_run_is_told_in_a_sentence(scene: Scene) -> None:
    scene.model.set_latent(np.zeros(4, dtype=np.float32))
    assert "takes 7" in scene.trouble[0]


def test_that_interpolating_leads_in_a_straight_line_from_a_to_b(scene: Scene) -> None:
    model = scene.model
    model.interpolate(0.5)
    assert not model.undo_text
    model.remember_a()
    a = scene.latent
    model.set_code("c1", 1)
    model.set_category("k1", 1)
    model.new_noise(3)
    model.remember_b()
    b = scene.latent
    for mix in (0.1, 0.25):
        model.interpolate(mix, changing=True)
    model.interpolate(0.25)
    between = [x * 0.75 + y * 0.25 for x, y in zip(a, b, strict=True)]
    assert scene.latent == pytest.approx(between, abs=1e-5)
    assert model.mix == 0.25
    assert model.category("k1") is None
    assert model.noise_seed is None
    model.interpolate(0)
    assert scene.latent == a
    assert scene.model.noise_seed == 0
    model.interpolate(1)
    assert scene.latent == b
    assert scene.model.noise_seed == 3
    model.set_code("c2", 0.5)
    assert model.mix is None


def test_that_a_refused_picture_is_told(scene: Scene) -> None:
    scene.link.refuse("explore", Refused("The snapshot is damaged."))
    assert scene.trouble == ["The snapshot is damaged."]
    assert scene.model.image is None


def test_that_a_new_snapshot_is_drawn_while_the_newest_is_followed(scene: Scene) -> None:
    assert scene.shown.run is not None
    drawn = len(scene.link.latents_drawn())
    scene.add_snapshot(scene.shown.run.path, 20)
    scene.shown.refresh_steps()
    assert len(scene.link.latents_drawn()) == drawn + 1
    scene.shown.refresh_steps()
    assert len(scene.link.latents_drawn()) == drawn + 1


def test_that_a_new_snapshot_is_not_drawn_while_another_step_is_on_show(scene: Scene) -> None:
    assert scene.shown.run is not None
    scene.shown.show_step(0)
    assert scene.link.asked[-1][1].step == 0
    drawn = len(scene.link.latents_drawn())
    scene.add_snapshot(scene.shown.run.path, 20)
    scene.shown.refresh_steps()
    assert len(scene.link.latents_drawn()) == drawn


def test_that_weights_newer_than_the_encoding_can_encode_it_again(scene: Scene) -> None:
    scene.model.encode(12)
    scene.link.encode([0.5, 0.5, 0, 1, 0, 0.25, -0.25])
    scene.link.draw()
    assert not scene.model.can_encode_again
    scene.shown.show_step(0)
    scene.link.waiting["explore"][1](Drawn(1, 0, np.zeros((1, 8, 8, 1), dtype=np.uint8)))
    assert scene.model.can_encode_again
    scene.model.encode_again()
    request = scene.link.asked[-1][1]
    assert isinstance(request, Encode)
    assert (request.image, request.step) == (12, 0)


def test_that_the_latent_stays_where_the_next_run_has_the_same_blocks(scene: Scene) -> None:
    scene.model.set_code("c1", 0.7)
    scene.model.remember_a()
    latent = scene.latent
    path = scene.show("other")
    assert scene.latent == latent
    assert scene.model.has_a
    assert scene.link.asked[-1][1].run == str(path)
    scene.model.undo()
    assert scene.latent[5] == 0


def test_that_the_latent_begins_afresh_where_the_next_run_has_other_blocks(scene: Scene) -> None:
    scene.model.set_code("c1", 0.7)
    scene.model.remember_a()
    scene.show("other", continuous_codes=4)
    assert scene.latent[2:] == [1, 0, 0, 0, 0, 0, 0]
    assert not scene.model.undo_text
    assert not scene.model.has_a


def test_that_an_encoding_belongs_to_its_run(scene: Scene) -> None:
    assert scene.shown.run is not None
    first = scene.shown.run.path
    scene.model.encode(12)
    scene.link.encode([0.5, 0.5, 0, 1, 0, 0.25, -0.25])
    scene.show("other")
    assert scene.model.encoding is None
    scene.shown.show(first)
    assert scene.model.encoding is not None


def test_that_an_encoding_that_goes_on_is_given_up_with_its_run(scene: Scene) -> None:
    scene.model.encode(12)
    scene.show("other")
    assert "encode" in scene.link.cancelled
    assert not scene.model.encoding_goes_on


def test_that_a_run_without_a_snapshot_is_drawn_with_its_first_one(
    qtbot: QtBot, tmp_path: Path
) -> None:
    scene = Scene(tmp_path)
    path = scene.show(steps=())
    assert scene.link.asked == []
    scene.model.set_code("c1", 0.5)
    scene.model.encode(0)
    assert "snapshot" in scene.trouble[0]
    scene.add_snapshot(path, 0)
    scene.shown.refresh_steps()
    assert scene.link.latents_drawn()[-1][5] == 0.5


def test_that_closing_the_run_forgets_latent_and_picture(scene: Scene) -> None:
    scene.link.draw(3)
    scene.shown.close()
    assert scene.model.latent is None
    assert scene.model.spec is None
    assert scene.model.image is None
