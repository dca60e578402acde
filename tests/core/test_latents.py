import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.config import TCGANConfig
from core.latents import CodeNames, LatentSpec, Matching


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


def test_that_a_code_is_named_by_the_factor_it_follows_and_how_exclusively() -> None:
    found = Matching(
        500, 2000, {"k1": ("shape", 0.806), "c2": ("posX", 1.0), "c3": ("posY", 0.049)}
    )
    assert found.names == {"k1": "shape .81", "c2": "posX 1", "c3": "posY .05"}
    names = CodeNames({"c2": "to the right"}, found)
    assert [names.full(code) for code in ("k1", "c1", "c2")] == [
        "k1 shape .81",
        "c1",
        "c2 to the right",
    ]
    assert names.follows == found.names


def test_that_a_number_beside_a_code_says_who_found_it() -> None:
    names = CodeNames({"c2": "turned"}, Matching(500, 2000, {"c1": ("posX", 0.62)}))
    assert names.origin(("c1", "c2"), 500) == " · named by 2,000 images"
    assert names.origin(("c1", "c2"), 700) == " · named by 2,000 images at step 500"
    assert names.origin(("c2",), 500) == CodeNames().origin(("c1",), 500) == ""
    assert "posX: 62% of all" in names.about("c1")
    assert names.about("c1").endswith("by 2,000 real images at step 500")
    assert names.about("c2") == ""
