import pytest

from core.config import LatentConfig


@pytest.mark.parametrize("sizes", [(1,), (101,), (10, 1)])
def test_that_a_categorical_code_has_2_to_100_categories(sizes: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="a categorical code has 2 to 100 categories"):
        LatentConfig(categorical_codes=sizes)


def test_that_16_categorical_codes_are_the_most() -> None:
    LatentConfig(categorical_codes=(100,) * 16)
    with pytest.raises(ValueError, match="at most 16 items"):
        LatentConfig(categorical_codes=(2,) * 17)


def test_that_a_latent_of_noise_alone_is_refused() -> None:
    with pytest.raises(ValueError, match="a latent needs at least one code"):
        LatentConfig(continuous_codes=0)


def test_that_a_categorical_code_alone_is_enough() -> None:
    assert LatentConfig(continuous_codes=0, categorical_codes=(2,)).categorical_codes == (2,)
