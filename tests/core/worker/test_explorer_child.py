"""The explorer: what it is asked, and what it answers."""

import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from core.config import RunConfig
from core.exploring.explorer import Explorer
from core.preferences import Preferences, save_preferences
from core.protocol import (
    Cancel,
    Correlate,
    Correlated,
    Draw,
    Drawn,
    Encode,
    Encoded,
    Evaluate,
    Failed,
    Preparing,
    Reconstruct,
    Reconstructed,
    Refused,
    Request,
    Sample,
    Sampled,
    Scored,
    Traverse,
    Traversed,
)
from core.runs import RunFolder

LATENT = 13


@pytest.fixture(scope="module")
def shared_explorer(
    make_talk: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    save_preferences(Preferences(threads=1))
    talk = make_talk("explorer", tmp_path_factory.mktemp("logs") / "explorer.log")
    yield talk
    talk.child.quit()


@pytest.fixture
def ask(shared_explorer: Any, trained: RunFolder) -> Callable[..., Any]:
    """Ask the explorer about the trained run; the answer."""
    ids = iter(range(1, 100))

    def ask(
        kind: type[Request], *values: Any, step: int | None = None, run: Path | None = None
    ) -> Any:
        request = kind(next(ids), str(run or trained.path), step, *values)
        shared_explorer.send(request)
        while isinstance(answer := shared_explorer.next(), Preparing):
            assert answer.what == str(trained.config().data.source)
        assert answer.id == request.id
        return answer

    return ask


@pytest.fixture
def here(trained: RunFolder) -> Callable[..., Explorer]:
    """An explorer of the same snapshot in this process, to compare with."""

    def here(step: int | None = None) -> Explorer:
        return Explorer(trained, trained.snapshot_at(step))

    return here


def latents(count: int = 1) -> Any:
    return np.random.default_rng(count).uniform(-1, 1, (count, LATENT)).astype(np.float32)


def test_that_it_says_that_it_is_ready_on_one_thread(shared_explorer: Any) -> None:
    ready = shared_explorer.ready
    assert (ready.devices, ready.threads) == (("cpu",), 1)
    assert psutil.Process(shared_explorer.child.pid).nice() == psutil.Process().nice()


@pytest.mark.parametrize(("step", "found"), [(None, 6), (3, 3), (0, 0)])
def test_that_latents_are_drawn_from_the_snapshot_of_the_step(
    ask: Callable[..., Any], here: Callable[..., Explorer], step: int | None, found: int
) -> None:
    answer = ask(Draw, latents(3), step=step)
    assert isinstance(answer, Drawn)
    assert answer.step == found
    assert answer.images.shape == (3, 32, 32, 1)
    assert np.array_equal(answer.images, here(step).draw(latents(3)))


@pytest.mark.parametrize("codes", [None, ("c2", "k1")])
def test_that_a_traversal_comes_with_its_recipe(
    ask: Callable[..., Any], here: Callable[..., Explorer], codes: tuple[str, ...] | None
) -> None:
    answer = ask(Traverse, "random:2", "fixed:-2,2", 5, codes)
    assert isinstance(answer, Traversed)
    explorer = here()
    chosen = explorer.codes([*codes]) if codes else None
    grid, recipe = explorer.traversal("random:2", "fixed:-2,2", 5, chosen)
    assert np.array_equal(answer.grid.images, grid.images)
    assert answer.recipe == recipe


def test_that_an_image_of_the_data_is_encoded(
    ask: Callable[..., Any], here: Callable[..., Explorer]
) -> None:
    answer = ask(Encode, 5, 1)
    assert isinstance(answer, Encoded)
    found, images = here().encoding(5, 1)
    assert np.array_equal(answer.latent, found.latent.numpy())
    assert (answer.error, answer.error_without_noise) == (found.error, found.error_without_noise)
    for pixels, name in zip(images, ("original", "reconstruction", "without_noise"), strict=True):
        assert np.array_equal(getattr(answer, name), pixels)


def test_that_an_image_of_any_size_is_encoded(ask: Callable[..., Any]) -> None:
    image = np.random.default_rng(0).integers(0, 256, (50, 70, 3), dtype=np.uint8)
    answer = ask(Encode, image)
    assert isinstance(answer, Encoded)
    assert answer.original.shape == answer.reconstruction.shape == (32, 32, 1)
    assert answer.latent.shape == (LATENT,)


def test_that_samples_and_reconstructions_come_with_their_recipes(
    ask: Callable[..., Any], here: Callable[..., Explorer]
) -> None:
    sampled, reconstructed = ask(Sample, 3, 5), ask(Reconstruct, 3, 5)
    assert isinstance(sampled, Sampled)
    assert isinstance(reconstructed, Reconstructed)
    images, recipe = here().samples(3, 5)
    assert np.array_equal(sampled.images, images)
    assert sampled.recipe == recipe
    originals, reconstructions, recipe = here().reconstructions(3, 5)
    assert np.array_equal(reconstructed.originals, originals)
    assert np.array_equal(reconstructed.reconstructions, reconstructions)
    assert reconstructed.recipe == recipe


def test_that_the_dependence_of_the_codes_of_real_images_is_told(
    ask: Callable[..., Any], here: Callable[..., Explorer]
) -> None:
    answer = ask(Correlate)
    assert isinstance(answer, Correlated)
    expected = here().correlation()
    assert answer.names == ("c1", "c2", "c3", "c4", "c5")
    assert answer.evaluated.images == 40
    assert np.array_equal(answer.evaluated.correlation, expected.correlation)
    assert answer.evaluated.total_correlation == expected.total_correlation


@pytest.mark.parametrize(
    ("kind", "values", "step", "sentence"),
    [
        (Draw, (np.zeros((1, 3), np.float32),), None, "Latents (1, 3) are none of"),
        (Draw, (np.full((1, LATENT), np.nan, np.float32),), None, "Latents (1, 13) are none of"),
        (Draw, (np.zeros((1, LATENT), np.float32),), 4, "has no snapshot of step 4"),
        (Traverse, ("data:99", "prior", 3), None, "The anchor data:99 lies beyond the data"),
        (Traverse, ("random:0", "prior", 3, ("c9",)), None, "There is no code 'c9'"),
        (Traverse, ("random:0", "prior", 60_000), None, "60,000 columns are too many or too few"),
        (Traverse, ("random:0", "prior", 3, ("c1",) * 60_000), None, "60,000 rows are too many"),
        (Traverse, ("random:2000000000", "prior", 3), None, "There is no anchor"),
        (Draw, (np.zeros((60_000, LATENT), np.float32),), None, "60,000 images are too many"),
        (Sample, (10**5000, 4), None, "There is no such seed"),
        (Encode, (99,), None, "Image 99 lies beyond the data"),
        (Encode, (-1,), None, "Image -1 lies beyond the data"),
        (Encode, (np.zeros((4, 4), np.uint8),), None, "An array (4, 4) uint8 is no image"),
        (Sample, (0, 0), None, "0 images are too many or none"),
        (Reconstruct, (0, 1_000_000), None, "1,000,000 images are too many or none"),
    ],
)
def test_that_what_cannot_be_answered_is_refused_with_its_id(
    ask: Callable[..., Any],
    kind: type[Request],
    values: tuple[Any, ...],
    step: int | None,
    sentence: str,
) -> None:
    answer = ask(kind, *values, step=step)
    assert isinstance(answer, Refused)
    assert sentence in answer.sentence


def test_that_a_run_or_snapshot_that_is_none_is_refused(
    ask: Callable[..., Any], trained: RunFolder, tmp_path: Path
) -> None:
    answer = ask(Draw, latents(), run=tmp_path)
    assert answer.sentence.startswith(f"{tmp_path} is no run")
    damaged = tmp_path / "damaged"
    shutil.copytree(trained.path, damaged)
    (damaged / "snapshots" / "step-6.safetensors").write_bytes(b"nothing")
    answer = ask(Draw, latents(), run=damaged)
    assert isinstance(answer, Refused)
    assert answer.sentence.startswith(f"Cannot read {damaged}/snapshots/step-6.safetensors")
    assert isinstance(ask(Draw, latents(), step=3, run=damaged), Drawn)


def test_that_a_snapshot_with_a_flipped_bit_is_told_rather_than_drawn(
    ask: Callable[..., Any], trained: RunFolder, tmp_path: Path
) -> None:
    damaged = tmp_path / "damaged"
    shutil.copytree(trained.path, damaged)
    snapshot = damaged / "snapshots" / "step-6.safetensors"
    content = bytearray(snapshot.read_bytes())
    content[-1] ^= 1
    snapshot.write_bytes(content)
    answer = ask(Draw, latents(), run=damaged)
    assert isinstance(answer, Refused)
    assert answer.sentence == (
        f"{snapshot} is damaged: its content does not fit its checksum. Look at another step of "
        "this run."
    )
    assert isinstance(ask(Draw, latents(), step=3, run=damaged), Drawn)


def test_that_a_defect_is_told_with_the_id_and_the_explorer_goes_on(
    ask: Callable[..., Any],
) -> None:
    answer = ask(Draw, "no array")
    assert isinstance(answer, Failed)
    assert answer.sentence.startswith("AttributeError: ")
    assert isinstance(ask(Draw, latents()), Drawn)


def test_that_a_snapshot_written_anew_is_read_anew(
    ask: Callable[..., Any], trained: RunFolder, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    shutil.copytree(trained.path, run)
    before = ask(Draw, latents(), step=3, run=run)
    shutil.copyfile(trained.snapshot_at(6), run / "snapshots" / "step-3.safetensors")
    after = ask(Draw, latents(), step=3, run=run)
    assert not np.array_equal(before.images, after.images)


def test_that_a_name_given_meanwhile_stands_beside_its_code(
    ask: Callable[..., Any], trained: RunFolder, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    shutil.copytree(trained.path, run)
    ask(Traverse, "random:0", "prior", 2, run=run)
    RunFolder(run).save_labels({"codes": {"c1": "size"}})
    assert "c1 size" in ask(Traverse, "random:0", "prior", 2, run=run).grid.row_labels


def test_that_more_runs_than_are_kept_ready_are_answered_as_well(
    ask: Callable[..., Any], trained: RunFolder, tmp_path: Path
) -> None:
    first = ask(Draw, latents())
    for i in range(6):
        shutil.copytree(trained.path, tmp_path / f"{i}")
        assert np.array_equal(ask(Draw, latents(), run=tmp_path / f"{i}").images, first.images)
    assert np.array_equal(ask(Draw, latents()).images, first.images)


def test_that_an_encoding_is_given_up_when_it_is_cancelled(
    shared_explorer: Any, trained: RunFolder
) -> None:
    # One after another: the second waits in the pipe while the first is given up.
    run = str(trained.path)
    shared_explorer.send(
        Reconstruct(501, run, None, 0, 40),
        Draw(502, run, None, latents()),
        Cancel(77),
        Cancel(501),
    )
    assert shared_explorer.wait_for(Refused).id == 501
    assert shared_explorer.next().id == 502


def test_that_quit_ends_an_encoding(
    talk: Callable[..., Any], trained: RunFolder, small: Callable[..., RunConfig]
) -> None:
    explorer = talk("explorer")
    explorer.send(Reconstruct(1, str(trained.path), None, 0, 40))
    explorer.wait_for(Preparing)
    explorer.child.quit(patience_s=20)
    assert explorer.unread()[-1] == Refused("The encoding was given up.", 1)
    assert explorer.deaths.empty()


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_that_sigterm_ends_a_computation_at_once(
    talk: Callable[..., Any], trained: RunFolder
) -> None:
    explorer = talk("explorer")
    explorer.send(Reconstruct(1, str(trained.path), None, 0, 40))
    explorer.wait_for(Preparing)
    os.kill(explorer.child.pid, signal.SIGTERM)
    assert explorer.deaths.get(timeout=1).exit_code == -signal.SIGTERM


def test_that_others_are_answered_while_a_run_is_evaluated(
    shared_explorer: Any, trained: RunFolder, tmp_path: Path
) -> None:
    shutil.copytree(trained.path, tmp_path / "copy")
    run = RunFolder(tmp_path / "copy")
    before = len(run.rows(run.scores))
    shared_explorer.send(
        Evaluate(101, str(run.path), None), Draw(102, str(run.path), None, latents())
    )
    answers = [shared_explorer.wait_for((Drawn, Scored)) for _ in range(2)]
    assert [answer.id for answer in answers] == [102, 101]
    assert answers[1].evaluated.images == 40
    assert len(run.rows(run.scores)) == before + 1
    shared_explorer.send(Evaluate(103, str(tmp_path), None))
    assert shared_explorer.wait_for(Refused).id == 103
