from pathlib import Path

import numpy as np
import pytest

from core.data.dsprites import FULL, SMALL, Grid, outline, render_sprite


def _unpacked(packed: np.ndarray) -> np.ndarray:
    return np.unpackbits(packed, axis=1).reshape(-1, 64, 64)


def test_that_nearly_all_of_20000_original_images_are_drawn_bit_for_bit(shared_data: Path) -> None:
    with np.load(shared_data / "dsprites_subset.npz", allow_pickle=False) as originals:
        images = np.packbits(originals["imgs"].reshape(-1, 4096), axis=1)
        rows = originals["original_dataset_indices"]
    wrong_pixels = np.empty(len(rows), dtype=int)
    for group, drawn in enumerate(FULL.render()):
        here = np.flatnonzero(rows // 1024 == group)
        wrong_pixels[here] = np.bitwise_count(drawn[rows[here] % 1024] ^ images[here]).sum(axis=1)
    assert (wrong_pixels == 0).mean() >= 0.9997
    assert wrong_pixels.max() <= 1


def test_that_the_factors_of_the_originals_stand_in_the_same_rows(shared_data: Path) -> None:
    with np.load(shared_data / "dsprites_subset.npz", allow_pickle=False) as originals:
        rows, values = originals["original_dataset_indices"], originals["latents_values"]
    np.testing.assert_allclose(FULL.factors()[rows], values, rtol=0, atol=1e-12)


def test_that_the_full_set_has_737280_images_and_the_small_one_46080() -> None:
    assert len(FULL) == 737_280
    assert len(SMALL) == 46_080
    assert SMALL.factors().shape == (46_080, 5)


def test_that_the_small_set_is_a_part_of_the_full_one() -> None:
    for small, full in zip(SMALL.values, FULL.values, strict=True):
        assert np.isin(small, full).all()


def test_that_the_last_factor_changes_fastest() -> None:
    factors = Grid(range(2), range(3)).factors()
    assert np.unique(factors[:3, :4], axis=0).shape == (1, 4)
    assert factors[:3, 4].tolist() == sorted(set(factors[:, 4].tolist()))


def test_that_an_upright_square_at_scale_half_covers_its_known_pixels() -> None:
    image = _unpacked(render_sprite(1, 0.5, 0.0, np.array([0.5]), np.array([0.5])))[0]
    # Centred at (32, 32) with half a side of 4.8: pixel centres 27.5 to 36.5 lie inside.
    expected = np.zeros((64, 64), dtype=np.uint8)
    expected[27:37, 27:37] = 1
    np.testing.assert_array_equal(image, expected)


def test_that_positions_move_the_sprite_right_and_down() -> None:
    ends = np.array([0.0, 1.0])
    images = _unpacked(render_sprite(2, 1.0, 0.3, ends, ends))
    np.testing.assert_array_equal(images[1], np.roll(images[0], 32, axis=0))
    np.testing.assert_array_equal(images[2], np.roll(images[0], 32, axis=1))


def test_that_a_whole_turn_changes_nothing() -> None:
    positions = np.linspace(0, 1, 5)
    start = render_sprite(3, 0.8, 0.0, positions, positions)
    turned = render_sprite(3, 0.8, 2 * np.pi, positions, positions)
    np.testing.assert_array_equal(start, turned)


@pytest.mark.parametrize("shape", [1, 2, 3])
def test_that_a_sprite_covers_about_the_area_of_its_outline(shape: int) -> None:
    x, y = outline(shape)
    area = abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))) / 2
    centre = np.array([0.5])
    image = _unpacked(render_sprite(shape, 1.0, 0.7, centre, centre))
    assert image.sum() == pytest.approx(area, rel=0.03)
