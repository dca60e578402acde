from collections.abc import Callable

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.config import ConfigError
from core.exploring.traversal import code_values, random_anchor, to_uint8, traverse
from core.latents import Code
from core.methods.base import Method
from core.ranges import RANGES, needs_observed

Make = Callable[..., Method]

CODE = Code("c1", "atomic", 0, 5)
CATEGORY = Code("k1", "free", 3, 2)
MIXED = {
    "method.latent.noise_dim": 2,
    "method.latent.categorical_codes": [3],
    "method.latent.continuous_codes": 2,
}


def observed() -> NDArray[np.float64]:
    """(1001,) codes that run evenly from -0.4 to 0.6."""
    return np.linspace(-0.4, 0.6, 1001)


@pytest.fixture
def latents(make_tcgan: Make, monkeypatch: pytest.MonkeyPatch) -> tuple[Method, list[Tensor]]:
    """A method of noise, a category and two codes, and the latents that it is asked to draw."""
    method, asked = make_tcgan(MIXED), []
    generate = method.generate

    def generate_and_keep(latents: Tensor) -> Tensor:
        asked.append(latents)
        return generate(latents)

    monkeypatch.setattr(method, "generate", generate_and_keep)
    return method, asked


def test_that_only_the_entries_of_the_varied_code_change_along_a_row(
    latents: tuple[Method, list[Tensor]],
) -> None:
    method, asked = latents
    anchor = random_anchor(method.spec, 0)
    values = ((0.0, 1.0, 2.0), (-1.0, 0.0, 0.5, 1.0), (-0.25, 0.25))
    traverse(method, anchor, method.spec.codes, values)
    (drawn,) = asked
    rows = torch.split(drawn, [3, 4, 2])
    for code, row, expected in zip(method.spec.codes, rows, values, strict=True):
        others = torch.ones(method.spec.latent_dim, dtype=torch.bool)
        others[code.entries] = False
        assert torch.equal(row[:, others], anchor[others].expand(len(row), -1))
        if not code.categories:
            assert row[:, code.start].tolist() == list(expected)


def test_that_a_row_of_a_categorical_code_shows_each_category_alone(
    latents: tuple[Method, list[Tensor]],
) -> None:
    method, asked = latents
    (category,) = method.spec.categorical
    anchor = random_anchor(method.spec, 0)
    traverse(method, anchor, (category,), ((0.0, 1.0, 2.0),))
    assert torch.equal(asked[0][:, category.entries], torch.eye(3))


def test_that_a_row_has_an_image_for_each_value_as_the_generator_draws_it(
    make_tcgan: Make,
) -> None:
    method = make_tcgan(MIXED)
    anchor = random_anchor(method.spec, 0)
    codes, values = method.spec.codes[1:], ((-1.0, 0.0, 1.0), (0.3,))
    found = traverse(method, anchor, codes, values)
    assert [row.shape for row in found.images] == [(3, 32, 32, 1), (1, 32, 32, 1)]
    assert found.images[0].dtype == np.uint8
    assert (found.variables, found.values) == (codes, values)
    np.testing.assert_array_equal(found.anchor, anchor.numpy())
    varied = anchor.clone()
    varied[codes[1].start] = 0.3
    expected = to_uint8(method.generate(varied[None]))[0].astype(int)
    # A batch of one may round differently.
    assert np.abs(found.images[1][0].astype(int) - expected).max() <= 1


def test_that_a_traversal_leaves_its_anchor_as_it_was(make_tcgan: Make) -> None:
    method = make_tcgan(MIXED)
    anchor = random_anchor(method.spec, 0)
    before = anchor.clone()
    traverse(method, anchor, method.spec.codes, ((2.0,), (1.0,), (1.0,)))
    assert torch.equal(anchor, before)


@pytest.mark.parametrize(
    ("rule", "first", "last"),
    [
        ("prior", -1, 1),
        ("posterior quantiles", -0.375, 0.575),
        ("min-max", -0.4, 0.6),
        ("mean ± 2 sd", 0.1 - 2 / 12**0.5, 0.1 + 2 / 12**0.5),
        ("fixed:-2,0.5", -2, 0.5),
        ("fixed: -2 , 0.5", -2, 0.5),
    ],
)
def test_that_each_range_rule_spans_what_it_names(rule: str, first: float, last: float) -> None:
    values = code_values(CODE, rule, 5, observed())
    assert len(values) == 5
    assert (values[0], values[-1]) == pytest.approx((first, last), abs=1e-3)
    # Of an even spread, quantiles are evenly spaced too.
    assert np.diff(values).tolist() == pytest.approx([(last - first) / 4] * 4, abs=1e-3)


def test_that_the_prior_of_a_gaussian_code_is_traversed_by_its_quantiles() -> None:
    values = code_values(Code("c1", "free", 0, 0, "normal"), "prior", 5, None)
    # 2.5 %, 26.25 %, 50 %, 73.75 % and 97.5 % of N(0, 1) lie below.
    assert values == pytest.approx((-1.95996, -0.63566, 0, 0.63566, 1.95996), abs=1e-4)


def test_that_quantiles_crowd_where_the_codes_do() -> None:
    values = code_values(CODE, "posterior quantiles", 5, observed() ** 3)
    steps = np.diff(values)
    assert steps[1] < steps[0] < steps[3]


@pytest.mark.parametrize("rule", [*RANGES[:-1], "fixed:-2,2"])
def test_that_a_categorical_code_shows_all_its_categories_under_every_rule(rule: str) -> None:
    assert code_values(CATEGORY, rule, 7, observed()) == (0.0, 1.0, 2.0)


@pytest.mark.parametrize("rule", ["", "wide", "Prior", "fixed:LOW,HIGH", "fixed:1", "fixed:1,2,3"])
def test_that_a_rule_that_does_not_exist_is_refused_with_what_to_write(rule: str) -> None:
    with pytest.raises(ConfigError, match=r"Ranges: prior, |write fixed:-2,2\.$"):
        code_values(CODE, rule, 5, observed())


@pytest.mark.parametrize("rule", ["fixed:1,1", "fixed:2,-2", "fixed:nan,1", "fixed:0,inf"])
def test_that_an_interval_without_width_or_end_is_refused(rule: str) -> None:
    with pytest.raises(ConfigError, match="the first number is the lower one"):
        code_values(CODE, rule, 5, None)


def test_that_only_prior_and_fixed_ranges_do_without_the_codes_of_real_images() -> None:
    without = [rule for rule in (*RANGES[:-1], "fixed:-1,1") if not needs_observed(rule)]
    assert without == ["prior", "fixed:-1,1"]
    for rule in without:
        assert len(code_values(CODE, rule, 3, None)) == 3


def test_that_pixels_are_rounded_to_the_nearest_grey_value_and_clamped() -> None:
    pixels = torch.tensor([[[[-0.5, 0.0, 0.4 / 255, 0.6 / 255, 1.0, 1.5]]]])
    assert to_uint8(pixels).tolist() == [[[[0], [0], [0], [1], [255], [255]]]]


def test_that_channels_come_last() -> None:
    images = torch.zeros(2, 3, 4, 4)
    images[:, 1] = 1
    assert to_uint8(images).shape == (2, 4, 4, 3)
    assert to_uint8(images)[0, 0, 0].tolist() == [0, 255, 0]


def test_that_a_random_anchor_is_a_latent_of_the_prior_that_its_seed_names(
    make_tcgan: Make,
) -> None:
    spec = make_tcgan(MIXED).spec
    anchors = [random_anchor(spec, seed) for seed in (0, 0, 1)]
    assert torch.equal(anchors[0], anchors[1])
    assert not torch.equal(anchors[0], anchors[2])
    assert anchors[0].shape == (7,)
    assert sorted(anchors[0][2:5].tolist()) == [0, 0, 1]
    assert float(anchors[0].abs().max()) <= 1
