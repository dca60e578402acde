from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.config import TCGANConfig
from core.latents import Code, LatentSpec, gaussian_codes


def spec_of(
    noise: int = 5,
    continuous: int = 3,
    categories: tuple[int, ...] = (),
    atomic: object = "all",
) -> LatentSpec:
    latent = {
        "noise_dim": noise,
        "continuous_codes": continuous,
        "categorical_codes": categories,
    }
    settings = {"latent": latent, "independence": {"atomic": atomic}}
    return TCGANConfig.model_validate(settings).latent_spec()


@given(
    noise=st.integers(0, 70),
    continuous=st.integers(1, 9),
    categories=st.lists(st.integers(2, 12), max_size=3).map(tuple),
)
def test_that_noise_and_codes_fill_the_latent_without_gap_or_overlap(
    noise: int, continuous: int, categories: tuple[int, ...]
) -> None:
    spec = spec_of(noise, continuous, categories)
    entries = [i for code in spec.codes for i in range(*code.entries.indices(10**6))]
    assert [*range(noise), *entries] == list(range(spec.latent_dim))


def test_that_categorical_codes_come_first_and_count_on_their_own() -> None:
    spec = spec_of(noise=62, continuous=2, categories=(10, 3))
    assert [code.name for code in spec.codes] == ["k1", "k2", "c1", "c2"]
    assert [code.width for code in spec.codes] == [10, 3, 1, 1]
    assert spec.latent_dim == 62 + 10 + 3 + 2
    assert spec.categorical + spec.continuous == spec.codes


@pytest.mark.parametrize(
    ("atomic", "indices"), [("all", (0, 1, 2)), (["c3", "c1"], (0, 2)), ([], ())]
)
def test_that_atomic_codes_are_counted_among_the_continuous_ones(
    atomic: object, indices: tuple[int, ...]
) -> None:
    spec = spec_of(categories=(4,), atomic=atomic)
    assert spec.atomic == indices
    assert {code.name for code in spec.codes if code.level == "free"} == {
        "k1",
        "c1",
        "c2",
        "c3",
    } - {f"c{i + 1}" for i in indices}


def test_that_a_uniform_code_runs_from_minus_1_to_1_and_a_gaussian_one_over_95_percent() -> None:
    uniform, gaussian = Code("c1", "free", 0, 0), Code("c1", "free", 0, 0, "normal")
    assert uniform.ends == (-1, 1)
    assert gaussian.ends == pytest.approx((-1.96, 1.96), abs=1e-3)
    for code in (uniform, gaussian):
        assert code.ends == (code.quantile(0), code.quantile(1))
        assert code.quantile(0.5) == pytest.approx(0)
        assert code.quantile(0.2) == pytest.approx(-code.quantile(0.8))


@given(st.floats(0, 1))
def test_that_quantiles_of_a_gaussian_code_are_those_of_its_inner_95_percent(share: float) -> None:
    below = NormalDist().cdf(Code("c1", "free", 0, 0, "normal").quantile(share))
    assert below == pytest.approx(0.025 + 0.95 * share)


def test_that_the_latent_of_an_autoencoder_is_gaussian_codes_alone() -> None:
    spec = gaussian_codes(3, atomic=True)
    assert (spec.noise_dim, spec.latent_dim, spec.code_prior) == (0, 3, "normal")
    assert [(code.name, code.start) for code in spec.codes] == [("c1", 0), ("c2", 1), ("c3", 2)]
    assert spec.atomic == (0, 1, 2)
    assert gaussian_codes(3).atomic == ()


def test_that_a_variance_is_that_of_what_the_prior_draws() -> None:
    drawn = np.random.default_rng(0)
    assert drawn.uniform(-1, 1, 10_000).var() == pytest.approx(
        Code("c1", "free", 0, 0).variance, 0.05
    )
    assert Code("c1", "free", 0, 0, "normal").variance == 1
    one_hot = np.eye(4)[drawn.integers(0, 4, 10_000)]
    assert one_hot.var(0).sum() == pytest.approx(Code("k1", "free", 4, 0).variance, 0.05)
