import numpy as np
import pytest

from core.metrics.discrete_information import Information
from core.metrics.followed_factors import Followed, followed_factors


def test_that_a_code_follows_the_factor_of_which_it_tells_the_largest_part() -> None:
    # The second factor has more bits, the first is told more of.
    found = Information(np.array([[0.8, 0.9]]), np.array([3.0]), np.array([1.0, 3.0]))
    (followed,) = followed_factors(found)
    assert followed
    assert followed.factor == 0
    assert (followed.strength, followed.exclusiveness) == pytest.approx((0.8, 0.8 / 1.1))


def test_that_a_code_that_tells_next_to_nothing_follows_no_factor() -> None:
    found = Information(np.array([[0.0, 0.0], [0.04, 0.02]]), np.ones(2), np.ones(2))
    assert followed_factors(found) == (None, None)


def test_that_nothing_follows_a_constant_factor() -> None:
    found = Information(np.array([[0.0, 1.0]]), np.ones(1), np.array([0.0, 1.0]))
    assert followed_factors(found) == (Followed(1, 1.0, 1.0),)
