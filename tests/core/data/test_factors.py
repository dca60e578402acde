from collections.abc import Iterator

import numpy as np
import pytest

from core.data.array_stream import ArrayStream
from core.data.errors import DataError
from core.data.factors import read_factors


def _stream(values: np.ndarray) -> ArrayStream:
    return ArrayStream("labels", values.shape, values.dtype, lambda: iter([values]))


def test_that_whole_numbers_and_truths_become_float64() -> None:
    for values in (np.arange(3), np.array([True, False, True]), np.ones((3, 2), np.float32)):
        factors = read_factors(_stream(values), 3)
        assert factors.dtype == np.float64
        np.testing.assert_array_equal(factors, values.reshape(3, -1))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (np.zeros((2, 2)), "labels has 2 rows for 3 images"),
        (np.full((3, 2), np.nan), "labels holds NaN or infinity"),
        (np.full((3, 2), np.inf), "labels holds NaN or infinity"),
        (np.full((3, 2), "red"), "must be numbers"),
        (np.zeros((3, 2, 2)), "labels has shape (3, 2, 2)"),
        (np.zeros((3, 0)), "labels has shape (3, 0)"),
        (np.float64(1), "labels has shape ()"),
        (np.zeros((3, 1001)), "labels has 1,001 factors for each image; give at most 1,000"),
    ],
)
def test_that_factors_of_another_kind_are_refused_in_one_sentence(
    values: np.ndarray, said: str
) -> None:
    with pytest.raises(DataError) as caught:
        read_factors(_stream(values), 3)
    assert said in str(caught.value)
    assert str(caught.value).endswith(".")


def test_that_factors_that_do_not_fit_are_refused_before_one_is_read() -> None:
    def must_not_be_read() -> Iterator[np.ndarray]:
        raise AssertionError("the factors are read although they do not fit")

    for shape, dtype in (((4, 2), "f8"), ((3, 2000), "f8"), ((3, 2), "U3")):
        stream = ArrayStream("labels", shape, np.dtype(dtype), must_not_be_read)
        with pytest.raises(DataError):
            read_factors(stream, 3)
