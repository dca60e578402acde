import numpy as np
import pytest

from core.data.errors import DataError
from core.data.factors import checked_factors


def test_that_whole_numbers_and_truths_become_float64() -> None:
    for values in (np.arange(3), np.array([True, False, True]), np.ones((3, 2), np.float32)):
        factors = checked_factors("labels", values, 3)
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
    ],
)
def test_that_factors_of_another_kind_are_refused_in_one_sentence(
    values: np.ndarray, said: str
) -> None:
    with pytest.raises(DataError) as caught:
        checked_factors("labels", values, 3)
    assert said in str(caught.value)
    assert str(caught.value).endswith(".")
