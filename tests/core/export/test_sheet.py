from collections.abc import Callable
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest

from core.export import ExportError, ImageGrid, TraversalGrid, compose

Pixels = npt.NDArray[np.uint8]
MakeGrid = Callable[..., TraversalGrid]

RED, GREEN = (255, 0, 0), (0, 255, 0)


def is_colour(picture: Pixels, colour: tuple[int, int, int]) -> npt.NDArray[np.bool_]:
    return np.asarray((picture == colour).all(axis=-1))


def bands(mask: npt.NDArray[np.bool_], axis: int) -> list[tuple[int, int]]:
    """Starts and ends of the stretches along `axis` that hold anything True."""
    edges = np.flatnonzero(np.diff(np.pad(mask.any(axis=1 - axis), 1)))
    return [(int(start), int(end)) for start, end in edges.reshape(-1, 2)]


@pytest.mark.parametrize("side", [8, 28, 32, 40, 64, 96])
def test_that_cells_are_enlarged_by_a_whole_number_to_a_legible_size(
    make_grid: MakeGrid, side: int
) -> None:
    red = is_colour(compose(make_grid(side)), RED)
    rows, columns = bands(red, axis=0), bands(red, axis=1)
    assert (len(rows), len(columns)) == (2, 3)
    sizes = {end - start for start, end in rows + columns}
    assert len(sizes) == 1
    assert 64 <= sizes.pop() <= 96
    assert all(2 <= right[0] - left[1] <= 4 for left, right in pairwise(columns))


def test_that_pixels_become_squares_of_the_scale_that_was_asked_for() -> None:
    image = np.arange(12, dtype=np.uint8).reshape(3, 4, 1) * 10
    picture = compose(TraversalGrid(image[None, None], ("",), (), ""), scale=5)
    expected = np.kron(image[..., 0], np.ones((5, 5), np.uint8))
    margin = (picture.shape[0] - 15) // 2
    shown = picture[margin : margin + 15, margin : margin + 20]
    assert (shown == expected[..., None]).all()


@pytest.mark.parametrize("scale", [1, None, 12])
def test_that_no_text_is_clipped_or_covers_an_image(make_grid: MakeGrid, scale: int | None) -> None:
    grid = make_grid(
        row_labels=("c1 a name that its owner found helpful", "Donaudampfschifffahrtsgesellschaft"),
        column_labels=("-1.000000000", "undecided as yet", "1"),
        title="step 5,000 · anchor data:12 · a_very_long_word_that_cannot_be_broken · range prior",
    )
    picture = compose(grid, scale)
    paper = picture[0, 0]
    edge = [picture[:4], picture[-4:], picture[:, :4].swapaxes(0, 1), picture[:, -4:]]
    assert all((strip == paper).all() for strip in edge)
    side = 8 * (scale or 10)
    assert is_colour(picture, RED).sum() == 6 * side * side


def test_that_padding_is_never_shown(ragged_grid: TraversalGrid) -> None:
    picture = compose(ragged_grid, scale=4)
    assert is_colour(picture, RED).sum() == 7 * 32 * 32
    assert not is_colour(picture, GREEN).any()


def test_that_values_stand_above_the_rows_they_belong_to(ragged_grid: TraversalGrid) -> None:
    picture = compose(ragged_grid, scale=4)
    red = is_colour(picture, RED)
    first, second = bands(red, axis=0)
    cells = slice(bands(red, axis=1)[0][0], None)
    is_ink = picture.max(axis=-1) < 128
    assert not is_ink[: first[0], cells].any()
    assert is_ink[first[1] : second[0], cells].any()


def test_that_letters_the_font_lacks_become_their_plain_kin(make_grid: MakeGrid) -> None:
    plain, accented = (make_grid(row_labels=(label,)) for label in ("Grosse - e", "Größe − é"))
    assert (compose(plain) == compose(accented)).all()


def test_that_a_scale_that_shrinks_is_refused(make_grid: MakeGrid) -> None:
    with pytest.raises(ExportError, match="1 or more"):
        compose(make_grid(), scale=0)


@pytest.mark.parametrize(
    ("shape", "labels", "counts"),
    [
        ((1, 2, 8, 8), ("c1",), ()),
        ((1, 2, 8, 8, 2), ("c1",), ()),
        ((1, 0, 8, 8, 1), ("c1",), ()),
        ((1, 2, 8, 8, 1), ("c1", "c2"), ()),
        ((1, 2, 8, 8, 1), ("c1",), (3,)),
    ],
)
def test_that_a_grid_whose_parts_do_not_fit_is_a_defect(
    shape: tuple[int, ...], labels: tuple[str, ...], counts: tuple[int, ...]
) -> None:
    for kind in (ImageGrid, TraversalGrid):
        with pytest.raises(ValueError, match=r"columns|rows|no picture"):
            kind(np.zeros(shape, np.uint8), labels, (), "", counts)
