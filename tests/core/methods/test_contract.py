"""What every method promises: whatever trains, saves, explores and scores relies on it alone."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import torch
from torch import Tensor

from core.config import METHOD_CONFIGS, DataConfig, RunConfig, changed, flat, is_live
from core.data.catalogue import load_dataset
from core.data.dataset import Dataset
from core.exploring.encoding import encode
from core.methods import METHODS, make_method
from core.methods.base import Method
from core.randomness import Randomness
from core.training.loop import Training

CPU = torch.device("cpu")
BATCH = 8

# What is to happen within a few steps: warm-ups that end, parts that begin.
SOON: dict[str, dict[str, Any]] = {
    "vae": {"method.kl_warmup_steps": 4},
    "annealed_vae": {"method.capacity_steps": 4, "method.likelihood": "gaussian"},
    "factor_vae": {"method.independence.warmup_steps": 3},
    "beta_tcvae": {"method.independence.warmup_steps": 3},
    "infogan": {"method.latent.categorical_codes": [3], "method.information.variance": "learned"},
    "ib_gan": {"method.instance_noise_steps": 4},
    "infogan_cr": {"method.contrastive.start_step": 2, "method.contrastive.gap": 0.5},
    "tc_gan": {"method.independence.warmup_steps": 3},
}


def of_kind(kind: str, **settings: Any) -> dict[str, Any]:
    """Settings of a method; `estimator` and `trains` stand for their dotted paths."""
    paths = {"estimator": "method.independence.estimator", "trains": "method.information.trains"}
    chosen = {paths[name]: value for name, value in settings.items()}
    return {"method.kind": kind} | SOON.get(kind, {}) | chosen


CASES = {kind: of_kind(kind) for kind in METHODS}
CASES["factor_vae stratified"] = of_kind("factor_vae", estimator="minibatch_stratified")
CASES |= {
    f"tc_gan {estimator} {trains}": of_kind("tc_gan", estimator=estimator, trains=trains)
    for estimator, trains in (
        ("density_ratio", "recognition"),
        ("minibatch_weighted", "recognition"),
        ("minibatch_stratified", "recognition"),
        ("gaussian", "trunk"),
        ("density_ratio", "head_only"),
    )
}

every_case = pytest.mark.parametrize("settings", CASES.values(), ids=CASES.keys())
every_kind = pytest.mark.parametrize("kind", METHODS)


@pytest.fixture(scope="module")
def sprites() -> Dataset:
    return load_dataset(DataConfig(source="dsprites-small", image_size=32))


class Trained:
    """A method with its random numbers, fed with real images."""

    def __init__(self, config: RunConfig, dataset: Dataset) -> None:
        self.config, self._dataset = config, dataset
        self._random = Randomness(config.seed, CPU)
        self.method = make_method(config, self._random, CPU, torch.float32, len(dataset))
        fill_bank(self.method)
        self._steps = 0

    def images(self, count: int = BATCH) -> Tensor:
        return self._dataset.batch(torch.arange(count) * 997 + self._steps)

    def train(self, steps: int) -> list[dict[str, Tensor]]:
        losses = []
        for _ in range(steps):
            losses.append(self.method.train_step(self.images()))
            self._steps += 1
        return losses

    def copy(self) -> "Trained":
        """A fresh one that takes over all that a checkpoint holds."""
        fresh = Trained(self.config, self._dataset)
        fresh.method.load_state(cloned(self.method.state()))
        fresh._random.load_state(cloned(self._random.state()))
        fresh._steps = self._steps
        return fresh


def fill_bank(method: Method) -> None:
    """Let a constraint that waits for a bank of codes begin at once."""
    counters = method.counters()
    if "bank" in counters:
        codes = torch.rand(512, counters["bank"].shape[1], generator=torch.Generator())
        method.load_counters(counters | {"bank": codes})


def cloned(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor.clone() for name, tensor in state.items()}


def assert_same(actual: object, expected: object) -> None:
    torch.testing.assert_close(actual, expected, rtol=0, atol=0)


@pytest.fixture
def make(tiny_config: Callable[..., RunConfig], sprites: Dataset) -> Callable[..., Trained]:
    return lambda settings: Trained(tiny_config(settings), sprites)


def test_that_what_can_be_configured_can_be_trained() -> None:
    assert METHODS.keys() == METHOD_CONFIGS.keys()


@every_case
def test_that_steps_report_finite_scalars_of_those_announced_and_go_on_from_a_state(
    make: Callable[..., Trained], settings: dict[str, Any]
) -> None:
    trained = make(settings)
    for losses in trained.train(3):
        assert losses.keys() <= set(trained.method.scalars)
        assert {value.shape for value in losses.values()} == {torch.Size()}
        assert not any(value.requires_grad for value in losses.values())
        values = {name: float(value) for name, value in losses.items()}
        assert all(map(math.isfinite, values.values())), values
        assert {bool(each.shows(values)) for each in trained.method.symptoms} <= {True, False}
    copy = trained.copy()
    assert_same(copy.method.state(), trained.method.state())
    assert_same(copy.train(2), trained.train(2))
    assert_same(copy.method.state(), trained.method.state())


@pytest.mark.parametrize("case", [name for name in CASES if "estimator" in str(CASES[name])])
def test_that_the_estimator_that_is_chosen_is_at_work(
    make: Callable[..., Trained], case: str
) -> None:
    losses = make(CASES[case]).train(1)[0]
    reported = {
        "gaussian": set[str](),
        "density_ratio": {"tc_density_ratio", "tc_discriminator"},
        "minibatch_weighted": {"tc_plugin"},
        "minibatch_stratified": {"tc_stratified"},
    }[CASES[case]["method.independence.estimator"]]
    assert {name for name in losses if name.startswith("tc_")} == reported | {"tc_gaussian"}


def test_that_the_contrastive_part_begins_at_its_step(make: Callable[..., Trained]) -> None:
    steps = make(CASES["infogan_cr"]).train(3)
    assert ["contrastive" in losses for losses in steps] == [False, False, True]


@every_kind
def test_that_every_live_number_may_change_and_the_networks_stay(
    make: Callable[..., Trained], kind: str
) -> None:
    trained = make(CASES[kind])
    trained.train(1)
    networks, weights = dict(trained.method.networks), cloned(trained.method.weights())
    numbers = {
        path: value / 2
        for path, value in flat(trained.config).items()
        if path.startswith("method.") and is_live(path) and type(value) is float
    }
    assert numbers
    trained.method.configure(changed(trained.config, numbers).method)
    assert {name: trained.method.networks[name] for name in networks} == networks
    assert_same(trained.method.weights(), weights)
    rates = {
        group["lr"] for each in trained.method.optimisers.values() for group in each.param_groups
    }
    assert rates <= set(numbers.values())
    assert all(bool(value.isfinite()) for value in trained.train(1)[0].values())


@pytest.mark.parametrize(
    "kind", [kind for kind, config in METHOD_CONFIGS.items() if config().constraint]
)
def test_that_a_constraint_that_is_switched_off_reports_only_the_gaussian_estimate(
    make: Callable[..., Trained], kind: str
) -> None:
    trained = make(CASES[kind])
    trained.train(1)
    off = changed(trained.config, {"method.independence.enabled": False})
    trained.method.configure(off.method)
    losses = trained.train(1)[0]
    assert {name for name in losses if name.startswith("tc_")} == {"tc_gaussian"}
    trained.method.configure(trained.config.method)
    assert losses.keys() < trained.train(1)[0].keys() or kind == "tc_gan"


@every_kind
def test_that_images_are_drawn_read_and_encoded_alike_every_time(
    make: Callable[..., Trained], kind: str
) -> None:
    trained = make(CASES[kind])
    trained.train(2)
    method, images = trained.method, trained.images(3)
    latents = torch.randn(5, method.spec.latent_dim, generator=torch.Generator())
    drawn = method.generate(latents)
    assert (drawn.shape, drawn.dtype) == ((5, 1, 32, 32), torch.float32)
    assert 0 <= float(drawn.min()) <= float(drawn.max()) <= 1
    read = method.represent(images)
    assert (read.shape, read.dtype) == ((3, len(method.spec.codes)), torch.float32)
    found = encode(method, images[0], seed=0, starts=2, steps=2)
    assert found.latent.shape == (method.spec.latent_dim,)
    assert found.error <= found.error_without_noise
    again = encode(method, images[0], seed=0, starts=2, steps=2)
    assert_same(
        (method.generate(latents), method.represent(images), again.latent),
        (drawn, read, found.latent),
    )


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("size", [28, 32, 64])
@every_kind
def test_that_every_shape_of_images_trains_and_is_drawn_and_read(
    tiny_config: Callable[..., RunConfig], kind: str, size: int, channels: int
) -> None:
    shape = {"data.channels": channels, "data.image_size": size}
    config = tiny_config(CASES[kind] | shape)
    method = make_method(config, Randomness(0, CPU), CPU, torch.float32, 100)
    images = torch.rand(2, channels, size, size, generator=torch.Generator())
    assert all(bool(value.isfinite()) for value in method.train_step(images).values())
    drawn = method.generate(torch.zeros(2, method.spec.latent_dim))
    assert drawn.shape == images.shape
    assert method.represent(drawn).shape == (2, len(method.spec.codes))


@every_kind
def test_that_a_killed_run_goes_on_as_if_it_never_had_been(
    start: Callable[..., Training],
    finished: Callable[..., Training],
    losses_of: Callable[[Training], list[dict[str, str]]],
    kind: str,
) -> None:
    settings = CASES[kind] | {"steps": 6, "checkpoint_every": 3}
    whole = finished(settings, name="whole", full_bank=True)
    killed = start(settings, name="killed", full_bank=True)
    for report in killed.events():
        if report.step == 5:
            break
    killed.close()
    resumed = start(settings, name="killed", resume=True)
    assert (resumed.step, resumed.notice) == (3, "")
    for _ in resumed.events():
        pass
    assert losses_of(resumed) == losses_of(whole)
    assert_same(resumed.method.state(), whole.method.state())
