import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from core.config import ConfigError, RunConfig, changed
from core.data.catalogue import load_dataset
from core.data.errors import DataError
from core.exploring.explorer import Explorer
from core.exploring.traversal import to_uint8
from core.runs import RunFolder
from core.runs.checkpoint import CheckpointError
from core.training.loop import Training

IMAGES = 12
SETTINGS = {
    "data.image_size": 32,
    "batch_size": 4,
    "steps": 1,
    "precision": "float32",
    "method.latent.noise_dim": 2,
    "method.latent.categorical_codes": [3],
    "method.latent.continuous_codes": 2,
}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A run of one step: two of noise, a categorical code of three, two continuous codes."""
    folder = tmp_path_factory.mktemp("explored")
    images = np.random.default_rng(0).random((IMAGES, 28, 28)) < 0.3
    np.savez(folder / "images.npz", images=images)
    config = changed(RunConfig(), SETTINGS | {"data.source": str(folder / "images.npz")})
    run = RunFolder.create(folder / "run", config)
    training = Training(run, load_dataset(config.data), torch.device("cpu"))
    for _ in training.events():
        pass
    training.close()
    return run


@pytest.fixture(scope="module")
def explorer(run: RunFolder) -> Explorer:
    return Explorer(run, run.snapshot_at(None))


def test_that_codes_are_named_or_counted_from_0(explorer: Explorer) -> None:
    assert explorer.codes(["c2", "0", "1"]) == tuple(
        explorer.method.spec.codes[i] for i in (2, 0, 1)
    )


@pytest.mark.parametrize("name", ["c3", "3", "-1", "", "C1"])
def test_that_a_code_that_is_not_there_is_answered_with_those_that_are(
    explorer: Explorer, name: str
) -> None:
    with pytest.raises(ConfigError, match=rf"^There is no code '{name}': codes are k1, c1, c2\.$"):
        explorer.codes([name])


def test_that_a_random_anchor_is_the_same_each_time_and_another_for_another_seed(
    explorer: Explorer,
) -> None:
    latent = explorer.anchor("random:3").latent
    assert torch.equal(explorer.anchor("random:3").latent, latent)
    assert not torch.equal(explorer.anchor("random:4").latent, latent)
    assert latent.shape == (7,)


def test_that_a_data_anchor_has_the_codes_that_q_reads_from_the_image(explorer: Explorer) -> None:
    latent = explorer.anchor("data:5").latent
    image = explorer.dataset.batch(torch.tensor([5]))
    category, *codes = explorer.method.represent(image)[0].tolist()
    assert latent[2:5].argmax() == category
    assert latent[5:].tolist() == pytest.approx([max(-1, min(1, code)) for code in codes])


def test_that_a_traversal_can_be_made_again_from_the_latent_in_its_recipe(
    explorer: Explorer,
) -> None:
    grid, recipe = explorer.traversal("random:1", "prior", 5)
    numbers = ",".join(map(repr, recipe.anchor_latent))
    again, recipe_again = explorer.traversal(f"latent:{numbers}", "prior", 5)
    assert np.array_equal(again.images, grid.images)
    assert recipe_again.anchor == "latent"
    assert recipe_again.anchor_latent == recipe.anchor_latent


@pytest.mark.parametrize("text", ["", "0", "0,0,1,0,0,0", "0,0,1,0,0,0,x", "0,0,1,0,0,0,nan"])
def test_that_a_latent_of_the_wrong_length_or_without_numbers_is_refused(
    explorer: Explorer, text: str
) -> None:
    with pytest.raises(
        ConfigError, match=r"write 7 finite numbers, 2 of noise, then 3 of k1, c1, c2\.$"
    ):
        explorer.anchor(f"latent:{text}")


@pytest.mark.parametrize("name", ["random", "random:", "random:x", "random:-1", "data:²", "zero"])
def test_that_another_anchor_is_answered_with_the_forms_there_are(
    explorer: Explorer, name: str
) -> None:
    sentence = f"There is no anchor '{name}': write random:SEED, data:INDEX or latent:NUMBER,"
    with pytest.raises(ConfigError, match=re.escape(sentence)):
        explorer.anchor(name)


def test_that_an_anchor_beyond_the_data_is_refused(explorer: Explorer) -> None:
    explorer.anchor("data:11")
    with pytest.raises(
        ConfigError, match=r"lies beyond the data: .* has 12 images, counted from 0"
    ):
        explorer.anchor("data:12")


@pytest.mark.parametrize("rule", ["posterior quantiles", "min-max", "mean ± 2 sd"])
def test_that_a_range_of_the_data_follows_the_codes_of_real_images(
    explorer: Explorer, rule: str
) -> None:
    grid, recipe = explorer.traversal("random:0", rule, 5)
    assert explorer.observed.shape == (IMAGES, 3)
    assert recipe.range_rule == rule
    for row, observed in zip(recipe.values[1:], explorer.observed.T[1:], strict=True):
        assert list(row) == sorted(row)
        assert min(row) < observed.mean() < max(row)
    assert recipe.values[0] == (0.0, 1.0, 2.0)
    assert grid.counts == (3, 5, 5)


def test_that_a_range_that_does_not_exist_is_refused_without_loading_data(run: RunFolder) -> None:
    explorer = Explorer(run, run.snapshot_at(None))
    with pytest.raises(ConfigError, match="There is no range 'wide'"):
        explorer.traversal("random:0", "wide", 5)
    assert "dataset" not in vars(explorer)


def test_that_names_a_person_gave_stand_beside_the_codes(run: RunFolder) -> None:
    run.save_labels({"codes": {"c1": "size"}})
    try:
        grid, _ = Explorer(run, run.snapshot_at(None)).traversal("random:0", "prior", 3)
    finally:
        run.save_labels({})
    assert grid.row_labels == ("k1", "c1 size", "c2")


def test_that_data_that_is_gone_costs_only_what_needs_it(run: RunFolder) -> None:
    source = Path(run.config().data.source)
    hidden = source.rename(source.with_name("moved.npz"))
    try:
        explorer = Explorer(run, run.snapshot_at(None))
        explorer.traversal("random:0", "prior", 3)
        with pytest.raises(DataError, match="neither a readable file or folder"):
            explorer.anchor("data:0")
    finally:
        hidden.rename(source)


def test_that_a_damaged_snapshot_is_named(run: RunFolder, tmp_path: Path) -> None:
    damaged = tmp_path / "step-1.safetensors"
    damaged.write_bytes(run.snapshot_at(None).read_bytes()[:1000])
    with pytest.raises(CheckpointError, match=r"^Cannot read .*step-1\.safetensors"):
        Explorer(run, damaged)


def test_that_names_given_while_an_explorer_is_kept_stand_beside_the_codes(
    run: RunFolder, explorer: Explorer
) -> None:
    run.save_labels({"codes": {"c2": "width"}})
    try:
        grid, _ = explorer.traversal("random:0", "prior", 3)
    finally:
        run.save_labels({})
    assert grid.row_labels == ("k1", "c1", "c2 width")


def test_that_recipes_name_the_folder_of_a_run_that_was_renamed(
    run: RunFolder, explorer: Explorer
) -> None:
    run.save_labels({"name": "My sprites"})
    try:
        recipes = [
            explorer.traversal("random:0", "prior", 2)[-1],
            explorer.samples(0, 1)[-1],
            explorer.reconstructions(0, 1)[-1],
        ]
    finally:
        run.save_labels({})
    assert [recipe.run for recipe in recipes] == ["run"] * 3


def test_that_drawing_one_latent_or_many_gives_the_same_images(explorer: Explorer) -> None:
    latents = np.random.default_rng(0).uniform(-1, 1, (70, 7)).astype(np.float32)
    images = explorer.draw(latents)
    assert images.shape == (70, 32, 32, 1)
    assert images.dtype == np.uint8
    for i in (0, 66):
        # A pixel may be rounded the other way where more images are drawn at once.
        difference = explorer.draw(latents[i : i + 1])[0].astype(int) - images[i]
        assert abs(difference).max() <= 1


@pytest.mark.parametrize(
    "latents", [np.zeros(7), np.zeros((1, 6)), np.full((2, 7), np.inf), np.zeros((1, 1, 7))]
)
def test_that_latents_of_another_run_are_refused(
    explorer: Explorer, latents: np.ndarray[Any, Any]
) -> None:
    with pytest.raises(ConfigError, match="are none of run: each has 7 finite numbers"):
        explorer.draw(latents)


def test_that_samples_can_be_drawn_again_from_their_recipe(explorer: Explorer) -> None:
    images, recipe = explorer.samples(4, 9)
    assert images.shape == (9, 32, 32, 1)
    assert images.dtype == np.uint8
    assert (recipe.kind, recipe.anchor, recipe.count, recipe.step) == ("samples", "random:4", 9, 1)
    seed = int(recipe.anchor.removeprefix("random:"))
    again, _ = explorer.samples(seed, recipe.count)
    assert np.array_equal(again, images)
    assert not np.array_equal(explorer.samples(5, 9)[0], images)


def test_that_reconstructions_stand_beside_images_of_the_data(explorer: Explorer) -> None:
    originals, reconstructions, recipe = explorer.reconstructions(0, 5)
    assert originals.shape == reconstructions.shape == (5, 32, 32, 1)
    data = to_uint8(explorer.dataset.batch(torch.arange(IMAGES)))
    found = [
        i for original in originals for i in range(IMAGES) if np.array_equal(original, data[i])
    ]
    assert len(set(found)) == 5
    assert (recipe.kind, recipe.anchor, recipe.count) == ("reconstructions", "random:0", 5)
    other, _, _ = explorer.reconstructions(1, 5)
    assert not np.array_equal(other, originals)


def test_that_a_small_data_set_is_reconstructed_whole(explorer: Explorer) -> None:
    originals, _, recipe = explorer.reconstructions(0, 100)
    assert len(originals) == recipe.count == IMAGES


@pytest.mark.parametrize("count", [0, -1, 1001])
def test_that_no_images_or_too_many_are_refused(explorer: Explorer, count: int) -> None:
    for ask in (explorer.samples, explorer.reconstructions):
        with pytest.raises(ConfigError, match="ask for 1 to 1,000"):
            ask(0, count)


def test_that_an_image_from_anywhere_is_made_like_those_of_the_data(explorer: Explorer) -> None:
    image = np.zeros((64, 128, 3), np.uint8)
    image[:, 32:96] = (255, 0, 0)
    found, (original, reconstruction, without_noise) = explorer.encoding(image)
    # The middle was cut out, and red became grey.
    assert original.shape == (32, 32, 1)
    assert set(original.ravel().tolist()) == {76}
    latents = found.latent.repeat(2, 1)
    latents[1, :2] = 0
    drawn = explorer.draw(latents.numpy())
    assert np.array_equal(drawn, np.stack([reconstruction, without_noise]))
    errors = ((drawn / 255.0 - original / 255.0) ** 2).mean((1, 2, 3))
    assert errors.tolist() == pytest.approx([found.error, found.error_without_noise], abs=2e-3)


def test_that_an_image_of_the_data_is_encoded_by_its_number(explorer: Explorer) -> None:
    found, (original, _, _) = explorer.encoding(5)
    assert np.array_equal(original, to_uint8(explorer.dataset.batch(torch.tensor([5])))[0])
    assert torch.equal(found.latent, explorer.anchor("data:5").latent)
    for beyond in (-1, IMAGES):
        with pytest.raises(ConfigError, match=f"Image {beyond} lies beyond the data"):
            explorer.encoding(beyond)


def test_that_data_of_unknown_factors_names_no_code(run: RunFolder) -> None:
    explorer = Explorer(run, run.snapshot_at(None))
    explorer.name_codes()
    assert "observed" not in vars(explorer)
    grid, _ = explorer.traversal("random:0", "prior", 3)
    assert grid.row_labels == ("k1", "c1", "c2")


def test_that_the_correlation_is_that_of_the_continuous_codes(explorer: Explorer) -> None:
    found = explorer.correlation()
    assert (found.step, found.images) == (1, IMAGES)
    expected = np.corrcoef(explorer.observed[:, 1:].T)
    np.testing.assert_allclose(found.correlation, expected, rtol=1e-6)


def test_that_drawing_samples_and_foreign_images_need_no_data(run: RunFolder) -> None:
    explorer = Explorer(run, run.snapshot_at(None))
    explorer.draw(np.zeros((1, 7), np.float32))
    explorer.samples(0, 2)
    explorer.encoding(np.zeros((32, 32, 1), np.uint8))
    explorer.traversal("random:0", "fixed:-2,2", 3)
    assert "dataset" not in vars(explorer)
